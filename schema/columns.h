// schema/columns.h - the plain body of a batch: changes column by column, so that they compress
// well.
//
// What every change of a batch shares (realm, compartment) is not repeated; strings are dictionary
// coded; ids that follow from their neighbours cost a byte. zstd comes after (sync/seal.h).
#pragma once

#include <span>

#include "schema/change.h"

namespace jiyao {

/// What a body's changes share with the batch that carries them.
struct BodyContext {
  RealmId realm;
  CompartmentId compartment;
};

/// 1..kBatchChangesMax changes of one realm and compartment, in order, whole acts.
Bytes encode_columns(std::span<const Change> changes, const Block<struct SaltTag, 16>& salt);

struct OpenedBody {
  Block<struct SaltTag, 16> salt;
  std::vector<Change> changes;
  std::vector<ChangeId> ids;  ///< of `changes`, same order
};

/// Accepts only what encode_columns() produces; allocates at most a small multiple of the input,
/// which is itself at most kBatchOpenedBytesMax.   errors: malformed, too_large, newer
Result<OpenedBody> decode_columns(ByteView body, const BodyContext& context);

/// H("content_root" | salt | change ids in order).
Digest content_root(const Block<struct SaltTag, 16>& salt, std::span<const ChangeId> ids);

}  // namespace jiyao
