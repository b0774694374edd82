jiyao_test(test_crypto
  SOURCES unit/crypto/digest_test.cpp unit/crypto/secret_test.cpp unit/crypto/sign_test.cpp
    unit/crypto/aead_test.cpp unit/crypto/box_test.cpp unit/crypto/stream_test.cpp
    unit/crypto/passphrase_test.cpp unit/crypto/keyring_test.cpp
  USES jiyao::crypto)
