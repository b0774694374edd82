// server/tls.h - the hub's certificate and its TLS 1.3 listener settings.
//
// The certificate is self-signed and made once; clients do not trust authorities or dates, they pin
// the SHA-256 of exactly this certificate, which the invitation and the roster carry.
#pragma once

#include <Poco/Net/Context.h>

#include "crypto/digest.h"
#include "schema/files.h"

namespace jiyao {

/// Makes an EC P-256 key and a self-signed certificate (PEM, both in one 0600 file).
///   errors: exists
Result<void> make_certificate(Files& files, const Path& path, const std::string& host);

/// SHA-256 of the DER certificate in this PEM file.   errors: not_found, malformed
Result<Digest> certificate_hash(Files& files, const Path& path);

/// TLS 1.3 only, no session cache, no tickets, no client certificates; every setting is checked.
/// Throws StorageFailure if the file cannot be used.
Poco::Net::Context::Ptr listening_context(const Path& path);

}  // namespace jiyao
