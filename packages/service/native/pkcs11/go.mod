module hufu/service/native/pkcs11

go 1.25.0

toolchain go1.26.10

require github.com/miekg/pkcs11 v1.1.2
