// Macs of BSN's city nodes by BouncyCastle, independently of our code: what is signed is joined here by hand, field by field, in the order of BSN's manual.
//
//   java -cp bcprov.jar MacVectors.java make  > bouncycastle-macs.json
//   java -cp bcprov.jar MacVectors.java check < lines of "algorithm publicKeyHex textBase64 mac", answers true or false for each
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.util.encoders.Hex;

public class MacVectors {
  static final byte[] SIGNER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
  static final String USER = "USER0001202004161009309407413";
  static final String APP = "app0001202004161017141233920";
  static final String HASH = "ab9366cf63881228863c884527fceefabc9ad2e375aa0bcbf71f17f75c7d3ff5";
  static final String TX = "c3c6523958c3811192b8d358dd2617f1b14cb661de6b022c1a822269e8a8c48d";
  static final String EVENT = "2964a0f60b3e460f834618b3664af2da";

  /** One message: where, which way, its body as JSON, and the text that its mac covers. */
  record Message(String endpoint, String way, String body, String text) {}

  static List<Message> messages() {
    String ask = USER + APP;
    String ok = "0" + "Transaction Successful";
    List<Message> all = new ArrayList<>();
    all.add(new Message("fabric.registerUser", "request", "{'name':'test02','secret':'123456','extendProperties':''}", ask + "test02" + "123456"));
    all.add(new Message("fabric.registerUser", "answer", "{'name':'test02','secret':'123456'}", ok + "test02" + "123456"));
    all.add(new Message("fabric.callChaincode", "request",
        "{'userName':'','nonce':'lgH7Ozfv6npqg9D3pSbq9c6o+rAcpa5D','chainCode':'cc_app0001_00','funcName':'set','args':['{\\'baseKey\\':\\'\u6d4b\u8bd5\\'}','b'],'transientData':{}}",
        ask + "lgH7Ozfv6npqg9D3pSbq9c6o+rAcpa5D" + "cc_app0001_00" + "set" + "{\"baseKey\":\"\u6d4b\u8bd5\"}" + "b"));
    all.add(new Message("fabric.callChaincode", "request",
        "{'userName':'test02','nonce':'lgH7Ozfv6npqg9D3pSbq9c6o+rAcpa5D','chainCode':'cc','funcName':'f','args':[],'transientData':{'key':'value'}}",
        ask + "test02" + "lgH7Ozfv6npqg9D3pSbq9c6o+rAcpa5D" + "cc" + "f" + "key" + "value"));
    all.add(new Message("fabric.callChaincode", "answer",
        "{'blockInfo':{'txId':'" + TX + "','blockHash':'','status':0},'ccRes':{'ccCode':200,'ccData':'SUCCESS'}}",
        ok + TX + "" + "0" + "200" + "SUCCESS"));
    all.add(new Message("fabric.getTransaction", "request", "{'txId':'" + TX + "','dataType':''}", ask + TX));
    all.add(new Message("fabric.getTransaction", "answer",
        "{'blockHash':'" + HASH + "','blockNumber':7,'status':0,'createName':'test02@app','timeSpanSec':1587445821,'timeSpanNsec':249139700}",
        ok + HASH + "7" + "0" + "test02@app" + "1587445821" + "249139700"));
    all.add(new Message("fabric.getBlockInfo", "request", "{'blockNumber':6,'blockHash':'','txId':'','dataType':''}", ask + "6"));
    all.add(new Message("fabric.getBlockInfo", "answer",
        "{'transactions':[{'txId':'" + TX + "','status':10,'createName':'n','timeSpanSec':1,'timeSpanNsec':2}],'blockHash':'" + HASH
            + "','blockNumber':6,'preBlockHash':'" + TX + "','blockSize':4000,'blockTxCount':1}",
        ok + HASH + "6" + TX + "4000" + "1" + TX + "10" + "n" + "1" + "2"));
    all.add(new Message("fabric.getLedgerInfo", "answer", "{'blockHash':'" + HASH + "','preBlockHash':'" + TX + "','height':9}", ok + HASH + "9" + TX));
    all.add(new Message("fabric.registerEvent", "request", "{'chainCode':'cc','eventKey':'test:\\\\S{32}','notifyUrl':'http://127.0.0.1:1/a','attachArgs':'abc=1'}",
        ask + "cc" + "test:\\S{32}" + "http://127.0.0.1:1/a" + "abc=1"));
    all.add(new Message("fabric.queryEvents", "answer",
        "[{'eventKey':'k','notifyUrl':'http://127.0.0.1:1/a','attachArgs':'x','eventId':'" + EVENT
            + "','createTime':'2020-04-21 16:05:44','orgCode':'o','userCode':'u','appCode':'a','chainCode':'cc','eventType':'1'}]",
        ok + EVENT + "k" + "http://127.0.0.1:1/a" + "x" + "2020-04-21 16:05:44" + "o" + "u" + "a" + "cc" + "1"));
    all.add(new Message("fabric.callback", "request",
        "{'chainCode':'cc','orgCode':'ORG1','eventKey':'k','eventId':'" + EVENT + "','attachArgs':'','eventName':'n','txId':'" + TX
            + "','payload':'p','blockNumber':12,'nonceStr':'" + EVENT + "','previousHash':''}",
        ask + "cc" + "ORG1" + "k" + EVENT + "" + "n" + TX + "p" + "12" + EVENT + ""));
    all.add(new Message("fisco.callContract", "request", "{'userId':'u1','contractName':'BsnBaseContract','funcName':'insert','funcParam':'[\\'a\\',1]'}",
        ask + "u1" + "BsnBaseContract" + "insert" + "[\"a\",1]"));
    all.add(new Message("fisco.callContract", "answer",
        "{'constant':true,'queryInfo':'[1]','txId':'','blockHash':'','blockNumber':0,'gasUsed':0,'status':'','from':'','to':'','input':'','output':'','logs':''}",
        ok + "true" + "[1]" + "0" + "0"));
    all.add(new Message("fisco.getBlockInfo", "answer",
        "{'blockHash':'0x" + HASH + "','blockNumber':5,'parentBlockHash':'0x" + TX + "','blockSize':10,'blockTime':1600000000000,'author':'a','transactions':[{'txId':'0x"
            + TX + "','blockHash':'0x" + HASH + "','blockNumber':5,'gasUsed':21000,'from':'','to':'','value':0,'input':'0x'}]}",
        ok + "0x" + HASH + "5" + "0x" + TX + "10" + "1600000000000" + "a" + "0x" + TX + "0x" + HASH + "5" + "21000" + "0" + "0x"));
    return all;
  }

  static ECDomainParameters domain(String algorithm) {
    X9ECParameters curve = switch (algorithm) {
      case "SM2" -> GMNamedCurves.getByName("sm2p256v1");
      case "R1" -> SECNamedCurves.getByName("secp256r1");
      default -> SECNamedCurves.getByName("secp256k1");
    };
    return new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
  }

  static byte[] sha256(byte[] message) {
    SHA256Digest digest = new SHA256Digest();
    digest.update(message, 0, message.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return out;
  }

  static byte[] sm3(byte[] message) {
    SM3Digest digest = new SM3Digest();
    digest.update(message, 0, message.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return out;
  }

  static byte[] sign(String algorithm, BigInteger secret, String text) throws Exception {
    ECDomainParameters domain = domain(algorithm);
    ECPrivateKeyParameters key = new ECPrivateKeyParameters(secret, domain);
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    if (algorithm.equals("SM2")) {
      SM2Signer signer = new SM2Signer();
      signer.init(true, new ParametersWithID(new ParametersWithRandom(key, new SecureRandom()), SIGNER_ID));
      byte[] digest = sm3(message);
      signer.update(digest, 0, digest.length);
      return signer.generateSignature();
    }
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, key);
    BigInteger[] rs = signer.generateSignature(sha256(message));
    BigInteger s = rs[1].compareTo(domain.getN().shiftRight(1)) > 0 ? domain.getN().subtract(rs[1]) : rs[1];
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(rs[0]));
    parts.add(new ASN1Integer(s));
    return new DERSequence(parts).getEncoded();
  }

  static boolean verify(String algorithm, byte[] publicKey, String text, byte[] mac) {
    ECDomainParameters domain = domain(algorithm);
    ECPublicKeyParameters key = new ECPublicKeyParameters(domain.getCurve().decodePoint(publicKey), domain);
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    if (algorithm.equals("SM2")) {
      SM2Signer signer = new SM2Signer();
      signer.init(false, new ParametersWithID(key, SIGNER_ID));
      byte[] digest = sm3(message);
      signer.update(digest, 0, digest.length);
      return signer.verifySignature(mac);
    }
    ASN1Sequence parts = ASN1Sequence.getInstance(mac);
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(sha256(message), ASN1Integer.getInstance(parts.getObjectAt(0)).getValue(),
        ASN1Integer.getInstance(parts.getObjectAt(1)).getValue());
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char each : text.toCharArray()) {
      if (each == '"' || each == '\\') out.append('\\');
      out.append(each);
    }
    return out.append('"').toString();
  }

  static void make() throws Exception {
    String[] algorithms = {"SM2", "R1", "K1"};
    StringBuilder out = new StringBuilder("{\n  \"madeBy\": \"vectors/MacVectors.java with BouncyCastle bcprov-jdk18on 1.82\",\n");
    out.append("  \"header\": { \"userCode\": ").append(quoted(USER)).append(", \"appCode\": ").append(quoted(APP)).append(" },\n  \"keys\": {\n");
    BigInteger[] secrets = new BigInteger[3];
    for (int index = 0; index < 3; index++) {
      // Keys that everybody knows: SHA-256 of the algorithm's name.
      byte[] secret = sha256(algorithms[index].getBytes(StandardCharsets.US_ASCII));
      secrets[index] = new BigInteger(1, secret);
      byte[] point = domain(algorithms[index]).getG().multiply(secrets[index]).normalize().getEncoded(false);
      out.append("    ").append(quoted(algorithms[index])).append(": { \"secret\": ").append(quoted(Hex.toHexString(secret))).append(", \"publicKey\": ")
          .append(quoted(Hex.toHexString(point))).append(index < 2 ? " },\n" : " }\n");
    }
    out.append("  },\n  \"messages\": [\n");
    List<Message> all = messages();
    for (Message message : all) {
      // In the bodies above ' stands for ".
      out.append("    {\n      \"endpoint\": ").append(quoted(message.endpoint)).append(",\n      \"way\": ").append(quoted(message.way));
      out.append(",\n      \"body\": ").append(message.body.replace('\'', '"')).append(",\n      \"text\": ").append(quoted(message.text));
      out.append(",\n      \"macs\": {");
      for (int index = 0; index < 3; index++) {
        String mac = Base64.getEncoder().encodeToString(sign(algorithms[index], secrets[index], message.text));
        out.append(index == 0 ? " " : ", ").append(quoted(algorithms[index])).append(": ").append(quoted(mac));
      }
      out.append(" }\n    }").append(message == all.get(all.size() - 1) ? "\n" : ",\n");
    }
    System.out.write(out.append("  ]\n}\n").toString().getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  static void check() throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null; ) {
      String[] parts = line.split(" ");
      String text = new String(Base64.getDecoder().decode(parts[2]), StandardCharsets.UTF_8);
      System.out.println(verify(parts[0], Hex.decode(parts[1]), text, Base64.getDecoder().decode(parts[3])));
    }
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("make")) make();
    else check();
  }
}
