import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.JSONArray;
import com.alibaba.fastjson.JSONObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Writes the vectors of this folder with the library itself: fastjson 1.2.83, Java's HashMap, and BouncyCastle for hashes and signatures. See README.md.
 * Objects with getters go through the calls that BSN's published SDK makes: parseObject, toJavaObject, JSONArray.toJSON, toString.
 */
public class GenerateFastjsonVectors {
    static final Random random = new Random(20261127);
    /** A credential loses its null members when it is written, and with them the size of the map that they were in. */
    static boolean nulls = true;
    static final X9ECParameters curve = CustomNamedCurves.getByName("secp256k1");
    static final ECDomainParameters domain = new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());

    public static void main(String[] args) {
        List<String> sections = new ArrayList<>();
        sections.add("\"orders\":" + list(orders()));
        sections.add("\"texts\":" + list(texts()));
        sections.add("\"documents\":" + list(documents()));
        sections.add("\"credentials\":" + list(credentials()));
        System.out.println("{\n" + String.join(",\n", sections) + "\n}");
    }

    // Names in the order they are put into a HashMap, and in the order that it gives them.
    static List<String> orders() {
        List<String> vectors = new ArrayList<>();
        List<List<String>> cases = new ArrayList<>();
        cases.add(List.of("Aa", "BB"));
        cases.add(List.of("BB", "Aa"));
        cases.add(List.of("AaAa", "BBBB", "AaBB", "BBAa"));
        cases.add(List.of("name", "age", "sex"));
        cases.add(List.of("10", "9", "8", "2", "1", "17", "33"));
        cases.add(colliding(8));
        cases.add(colliding(9));
        cases.add(colliding(10));
        for (int size = 0; size <= 60; size++) cases.add(names(size));
        cases.add(names(200));
        for (List<String> names : cases) {
            for (int capacity : new int[] {16, names.size()}) {
                Map<String, Integer> map = new HashMap<>(capacity);
                for (String name : names) map.put(name, 0);
                vectors.add("{\"capacity\":" + capacity + ",\"put\":" + strings(names) + ",\"given\":" + strings(new ArrayList<>(map.keySet())) + "}");
            }
        }
        return vectors;
    }

    // JSON as it is parsed and written again.
    static List<String> texts() {
        List<String> inputs = new ArrayList<>(List.of(
            "{}", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":null,\"b\":1}", "{\"a\":[null,1,\"x\",true,false,{\"z\":1,\"y\":2}]}",
            "{\"n\":[0,1,-1,2147483647,2147483648,9223372036854775807,9223372036854775808,123456789012345678901234567890]}",
            "{\"n\":[0.5,1.0,1.10,-2.50,0.000001,123456789.123456789123456789,0.10]}",
            "{\"b\":{\"d\":1,\"c\":{\"f\":1,\"e\":2}},\"a\":[{\"h\":1,\"g\":2}]}",
            "{\"Aa\":1,\"BB\":2}", "{\"BB\":2,\"Aa\":1}", "{\"\":1,\" \":2,\"a b\":3,\"a.b\":4,\"a-b\":5,\"@context\":6,\"$id\":7}"));
        StringBuilder every = new StringBuilder();
        for (int unit = 0; unit < 0x300; unit++) every.append((char) unit);
        for (int unit = 0x2000; unit < 0x2070; unit++) every.append((char) unit);
        every.append("\u57ce\u5e02\u8eab\u4efd\uff01\ufeff\ufffd\ud83d\ude00");
        inputs.add("{\"every\":" + quoted(every.toString()) + "}");
        for (int unit = 0; unit < 0xa5; unit++) inputs.add("{" + quoted("k" + (char) unit) + ":" + quoted((char) unit + "v") + "}");
        for (int round = 0; round < 40; round++) inputs.add(object(3));
        List<String> vectors = new ArrayList<>();
        for (String input : inputs)
            vectors.add("{\"input\":" + quoted(input) + ",\"written\":" + quoted(JSON.parseObject(input).toString()) + "}");
        return vectors;
    }

    // Documents with their DIDs and proofs.
    static List<String> documents() {
        List<String> vectors = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            BigInteger secret = secret();
            BaseDidDocument base = new BaseDidDocument();
            base.context = "https://w3id.org/did/v1";
            base.authentication = key(publicKey(secret));
            base.recovery = key(publicKey(secret()));
            String baseText = JSONArray.toJSON(base).toString();
            String did = "did:bsn:" + base58(ripemd160(sha256(baseText.getBytes(StandardCharsets.UTF_8))));
            DidDocument document = new DidDocument();
            document.did = did;
            document.version = "1";
            document.created = "2026-03-03 14:02:" + (10 + round);
            document.updated = document.created;
            document.authentication = base.authentication;
            document.recovery = base.recovery;
            String text = JSONArray.toJSON(document).toString();
            document.proof = new Proof();
            document.proof.type = "Secp256k1";
            document.proof.creator = did;
            document.proof.signatureValue = sign(secret, text);
            vectors.add("{\"did\":" + quoted(did) + ",\"base\":" + quoted(baseText) + ",\"signed\":" + quoted(text) + ",\"document\":" + quoted(JSONObject.toJSONString(document)) + "}");
        }
        return vectors;
    }

    // Credentials: the service's answer as text, parsed and signed as the SDK does, and as a holder keeps it.
    static List<String> credentials() {
        nulls = false;
        List<String> vectors = new ArrayList<>();
        List<String> claims = new ArrayList<>(List.of(
            "{\"name\":\"aa\",\"sex\":\"female\",\"age\":38}", "{\"age\":38,\"name\":\"aa\",\"sex\":\"female\"}",
            "{\"only\":true}", "{\"Aa\":1,\"BB\":2}", "{\"BB\":2,\"Aa\":1}", "{\"a\":1,\"b\":null,\"c\":[3,2,1]}",
            "{\"\u59d3\u540d\":\"\u674e\u56db\",\"\u8bc1\u53f7\":\"A-1\",\"nested\":{\"y\":1.10,\"x\":[{\"q\":1,\"p\":2}]}}",
            "{\"10\":1,\"9\":2,\"17\":3,\"1\":4}"));
        for (int size = 1; size <= 40; size++) {
            List<String> members = new ArrayList<>();
            for (String name : names(size)) members.add(quoted(name) + ":" + value(2));
            claims.add("{" + String.join(",", members) + "}");
        }
        for (int round = 0; round < claims.size(); round++) {
            BigInteger secret = secret();
            String answer = "{\"code\":0,\"msg\":\"Success\",\"data\":{\"context\":\"https://www.w3.org/2018/credentials/v1\",\"id\":\"" + new java.util.UUID(random.nextLong(), random.nextLong())
                + "\",\"type\":\"Proof\",\"cptId\":" + (1000L + Math.abs(random.nextLong() % 1000000000000L)) + ",\"issuerDid\":\"did:bsn:3wxYHXwAm57grc9JUr2zrPHt9HCc\",\"userDid\":\"did:bsn:2BNs5BgsEU7PjWdAKE8ZLifsZ2cE\",\"expirationDate\":\"2027-03-17\",\"created\":\"2026-03-03 14:02:00\",\"shortDesc\":\"card\""
                + (round % 3 == 0 ? ",\"longDesc\":\"\"" : round % 3 == 1 ? ",\"longDesc\":\"long / \\\"text\\\"\"" : "") + ",\"claim\":" + claims.get(round) + "}}";
            CredentialWrapper credential = JSONObject.toJavaObject(JSONObject.parseObject(answer).getJSONObject("data"), CredentialWrapper.class);
            String text = JSONArray.toJSON(credential).toString();
            Map<String, Object> proof = new HashMap<>();
            proof.put("creator", credential.issuerDid);
            proof.put("type", "Secp256k1");
            proof.put("signatureValue", sign(secret, text));
            credential.proof = proof;
            vectors.add("{\"publicKey\":" + quoted(publicKey(secret).toString()) + ",\"signed\":" + quoted(text) + ",\"credential\":" + quoted(JSONObject.toJSONString(credential)) + "}");
        }
        return vectors;
    }

    static List<String> names(int size) {
        List<String> names = new ArrayList<>();
        while (names.size() < size) {
            StringBuilder name = new StringBuilder();
            int length = 1 + random.nextInt(12);
            for (int index = 0; index < length; index++) name.append(random.nextInt(8) == 0 ? (char) (0x4e00 + random.nextInt(0x5000)) : (char) ('a' + random.nextInt(26)));
            if (!names.contains(name.toString())) names.add(name.toString());
        }
        return names;
    }

    static List<String> colliding(int size) {
        List<String> names = new ArrayList<>();
        for (int number = 0; number < size; number++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 3; bit >= 0; bit--) name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
            names.add(name.toString());
        }
        Collections.shuffle(names, random);
        return names;
    }

    static String object(int depth) {
        List<String> members = new ArrayList<>();
        for (String name : names(random.nextInt(18))) members.add(quoted(name) + ":" + value(depth));
        return "{" + String.join(",", members) + "}";
    }

    static String value(int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0: return String.valueOf(random.nextInt());
            case 1: return String.valueOf(random.nextLong());
            case 2: return random.nextInt(1000) + "." + random.nextInt(1000);
            case 3: return String.valueOf(random.nextBoolean());
            case 4: return nulls ? "null" : "0";
            case 5: return quoted(String.join(" ", names(random.nextInt(4))));
            case 6: return "[" + value(depth - 1) + "," + value(depth - 1) + "]";
            default: return object(depth - 1);
        }
    }

    static BigInteger secret() {
        return new BigInteger(250, random).add(BigInteger.ONE);
    }

    static BigInteger publicKey(BigInteger secret) {
        byte[] point = domain.getG().multiply(secret).normalize().getEncoded(false);
        return new BigInteger(1, Arrays.copyOfRange(point, 1, 65));
    }

    static PublicKey key(BigInteger publicKey) {
        PublicKey key = new PublicKey();
        key.type = "Secp256k1";
        key.publicKey = publicKey.toString();
        return key;
    }

    /** base64 of r, s and 27 or 28, over Keccak-256, s in the lower half. */
    static String sign(BigInteger secret, String text) {
        byte[] digest = keccak256(text.getBytes(StandardCharsets.UTF_8));
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(secret, domain));
        BigInteger[] signature = signer.generateSignature(digest);
        BigInteger r = signature[0];
        BigInteger s = signature[1].compareTo(domain.getN().shiftRight(1)) > 0 ? domain.getN().subtract(signature[1]) : signature[1];
        byte[] bytes = new byte[65];
        copy(r, bytes, 0);
        copy(s, bytes, 32);
        bytes[64] = (byte) (27 + recovery(publicKey(secret), digest, r, s));
        return Base64.getEncoder().encodeToString(bytes);
    }

    static int recovery(BigInteger publicKey, byte[] digest, BigInteger r, BigInteger s) {
        for (int parity = 0; parity < 2; parity++) {
            byte[] compressed = new byte[33];
            compressed[0] = (byte) (2 + parity);
            copy(r, compressed, 1);
            ECPoint point = domain.getCurve().decodePoint(compressed);
            BigInteger inverse = r.modInverse(domain.getN());
            BigInteger e = new BigInteger(1, digest);
            ECPoint found = point.multiply(s).subtract(domain.getG().multiply(e)).multiply(inverse).normalize();
            if (new BigInteger(1, Arrays.copyOfRange(found.getEncoded(false), 1, 65)).equals(publicKey)) return parity;
        }
        throw new IllegalStateException("no recovery");
    }

    static void copy(BigInteger number, byte[] into, int offset) {
        byte[] bytes = number.toByteArray();
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, into, offset + 32 - length, length);
    }

    static byte[] keccak256(byte[] bytes) {
        KeccakDigest digest = new KeccakDigest(256);
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[32];
        digest.doFinal(hash, 0);
        return hash;
    }

    static byte[] sha256(byte[] bytes) {
        SHA256Digest digest = new SHA256Digest();
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[32];
        digest.doFinal(hash, 0);
        return hash;
    }

    static byte[] ripemd160(byte[] bytes) {
        RIPEMD160Digest digest = new RIPEMD160Digest();
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[20];
        digest.doFinal(hash, 0);
        return hash;
    }

    static String base58(byte[] bytes) {
        String alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        StringBuilder text = new StringBuilder();
        BigInteger base = BigInteger.valueOf(58);
        for (BigInteger number = new BigInteger(1, bytes); number.signum() > 0; number = number.divide(base)) text.append(alphabet.charAt(number.mod(base).intValue()));
        for (int index = 0; index < bytes.length && bytes[index] == 0; index++) text.append('1');
        return text.reverse().toString();
    }

    /** JSON text of a string, in ASCII, without the library under test. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char unit : text.toCharArray()) {
            if (unit == '"' || unit == '\\') quoted.append('\\').append(unit);
            else if (unit < 0x20 || unit > 0x7e) quoted.append(String.format("\\u%04x", (int) unit));
            else quoted.append(unit);
        }
        return quoted.append('"').toString();
    }

    static String strings(List<String> texts) {
        List<String> quoted = new ArrayList<>();
        for (String text : texts) quoted.add(quoted(text));
        return "[" + String.join(",", quoted) + "]";
    }

    static String list(List<String> items) {
        return "[\n  " + String.join(",\n  ", items) + "\n]";
    }

    public static class PublicKey {
        String type, publicKey;
        public String getType() { return type; }
        public String getPublicKey() { return publicKey; }
    }

    public static class Proof {
        String type, creator, signatureValue;
        public String getType() { return type; }
        public String getCreator() { return creator; }
        public String getSignatureValue() { return signatureValue; }
    }

    public static class BaseDidDocument {
        String context;
        PublicKey authentication, recovery;
        public String getContext() { return context; }
        public PublicKey getAuthentication() { return authentication; }
        public PublicKey getRecovery() { return recovery; }
    }

    public static class DidDocument {
        String did, version, created, updated;
        PublicKey authentication, recovery;
        Proof proof;
        public String getDid() { return did; }
        public String getVersion() { return version; }
        public String getCreated() { return created; }
        public String getUpdated() { return updated; }
        public PublicKey getAuthentication() { return authentication; }
        public PublicKey getRecovery() { return recovery; }
        public Proof getProof() { return proof; }
    }

    public static class CredentialWrapper {
        String context, id, type, issuerDid, userDid, expirationDate, created, shortDesc, longDesc;
        Long cptId;
        Map<String, Object> claim, proof;
        public String getContext() { return context; }
        public void setContext(String value) { context = value; }
        public String getId() { return id; }
        public void setId(String value) { id = value; }
        public String getType() { return type; }
        public void setType(String value) { type = value; }
        public Long getCptId() { return cptId; }
        public void setCptId(Long value) { cptId = value; }
        public String getIssuerDid() { return issuerDid; }
        public void setIssuerDid(String value) { issuerDid = value; }
        public String getUserDid() { return userDid; }
        public void setUserDid(String value) { userDid = value; }
        public String getExpirationDate() { return expirationDate; }
        public void setExpirationDate(String value) { expirationDate = value; }
        public String getCreated() { return created; }
        public void setCreated(String value) { created = value; }
        public String getShortDesc() { return shortDesc; }
        public void setShortDesc(String value) { shortDesc = value; }
        public String getLongDesc() { return longDesc; }
        public void setLongDesc(String value) { longDesc = value; }
        public Map<String, Object> getClaim() { return claim; }
        public void setClaim(Map<String, Object> value) { claim = value; }
        public Map<String, Object> getProof() { return proof; }
        public void setProof(Map<String, Object> value) { proof = value; }
    }
}
