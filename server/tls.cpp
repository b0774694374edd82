// server/tls.cpp - OpenSSL behind three functions.
#include "server/tls.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "crypto/random.h"

namespace jiyao {

namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* thing) const { Free(thing); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509, X509_free>>;
struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr long kValidSeconds = 100L * 365 * 24 * 3600;  // dates are not what is trusted

void name_certificate(X509* certificate, const std::string& host) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(host.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
  const std::string alternative = (is_address ? "IP:" : "DNS:") + host;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str());
  if (extension == nullptr) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

CertificatePtr certificate_for(EVP_PKEY* key, const std::string& host) {
  CertificatePtr certificate(X509_new());
  std::array<std::uint8_t, 16> serial{};
  random_bytes(serial);
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  X509_set_version(certificate.get(), 2);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  name_certificate(certificate.get(), host);
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

Bytes pem_of(EVP_PKEY* key, X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(bio.get(), certificate);
  const char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return to_bytes(std::string_view(text, static_cast<std::size_t>(length)));
}

}  // namespace

Result<void> make_certificate(Files& files, const Path& path, const std::string& host) {
  if (files.exists(path)) return {Errc::exists, path};
  const KeyPtr key(EVP_EC_gen("P-256"));
  JIYAO_ASSERT(key != nullptr);
  const CertificatePtr certificate = certificate_for(key.get(), host);
  JIYAO_ASSERT(certificate != nullptr);
  replace_file(files, path, pem_of(key.get(), certificate.get()));
  return {};
}

Result<Digest> certificate_hash(Files& files, const Path& path) {
  const Result<Bytes> pem = read_file(files, path, kPemBytesMax);
  if (!pem) return pem.error();
  const BioPtr bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  const CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return {Errc::malformed, path};
  Digest hash;
  unsigned length = 0;
  X509_digest(certificate.get(), EVP_sha256(), hash.bytes.data(), &length);
  JIYAO_ASSERT(length == Digest::kBytes);
  return hash;
}

Poco::Net::Context::Ptr listening_context(const Path& path) {
  using Poco::Net::Context;
  try {
    Context::Ptr context = new Context(Context::TLS_SERVER_USE, path, path, "",
                                       Context::VERIFY_NONE, 2, false, "HIGH");
    context->requireMinimumProtocol(Context::PROTO_TLSV1_3);
    context->enableSessionCache(false);
    SSL_CTX* ssl = context->sslContext();
    const bool is_set =
        SSL_CTX_set_ciphersuites(ssl, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384") == 1 &&
        SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1 &&
        SSL_CTX_set_num_tickets(ssl, 0) == 1 &&
        SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1;
    if (!is_set) throw StorageFailure(StorageFailure::Kind::io, "TLS settings refused");
    return context;
  } catch (const Poco::Exception& failure) {
    throw StorageFailure(StorageFailure::Kind::io, path + ": " + failure.displayText());
  }
}

}  // namespace jiyao
