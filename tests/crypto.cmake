jiyao_test(test_crypto
  SOURCES unit/crypto/digest_test.cpp unit/crypto/keyring_test.cpp
  USES jiyao::crypto)
