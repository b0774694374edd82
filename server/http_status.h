// server/http_status.h - HTTP status as a table over Errc; the client reads it back
// (client/http_transport).
#pragma once

#include <Poco/Net/HTTPResponse.h>

#include "crypto/result.h"

namespace jiyao {

inline Poco::Net::HTTPResponse::HTTPStatus http_status_of(Errc code) {
  using Poco::Net::HTTPResponse;
  switch (code) {
    case Errc::malformed:
      return HTTPResponse::HTTP_BAD_REQUEST;
    case Errc::not_authentic:
      return HTTPResponse::HTTP_UNAUTHORIZED;
    case Errc::not_allowed:
      return HTTPResponse::HTTP_FORBIDDEN;
    case Errc::not_for_us:
      return HTTPResponse::HTTP_CONFLICT;
    case Errc::revoked:
      return HTTPResponse::HTTP_GONE;
    case Errc::too_large:
      return HTTPResponse::HTTP_REQUEST_ENTITY_TOO_LARGE;
    case Errc::newer:
      return HTTPResponse::HTTP_UPGRADE_REQUIRED;
    case Errc::unavailable:
      return HTTPResponse::HTTP_SERVICE_UNAVAILABLE;
    default:
      return HTTPResponse::HTTP_INTERNAL_SERVER_ERROR;
  }
}

}  // namespace jiyao
