// schema/columns.h - the plain body of a batch: changes column by column, so that they compress
// well.
//
// What every change of a batch shares (realm, compartment) is not repeated; strings are dictionary
// coded; ids that follow from their neighbours cost a byte. zstd comes after (sync/seal.h).
#pragma once

#include <span>

#include "schema/change.h"

namespace jiyao {

/// 16 random bytes inside the body: without them the content root would let a guesser test content.
using BodySalt = Block<struct SaltTag, 16>;

/// What a body's changes share with the batch that carries them.
struct BodyContext {
  RealmId realm;
  CompartmentId compartment;
};

/// 1..kBatchChangesMax changes of one realm and compartment, in order, whole acts, each in shape
/// (check_shape), together at most kBatchOpenedBytesMax canonical bytes. `ids` are theirs, in the
/// same order: whoever seals has computed them for the content root.
Bytes encode_columns(std::span<const Change> changes, std::span<const ChangeId> ids,
                     const BodySalt& salt);
/// The same, computing the ids.
Bytes encode_columns(std::span<const Change> changes, const BodySalt& salt);

struct OpenedBody {
  BodySalt salt;
  std::vector<Change> changes;
  std::vector<ChangeId> ids;  ///< of `changes`, same order
};

/// Accepts only what encode_columns() produces, no change twice. Both the input and the canonical
/// bytes of all changes are at most kBatchOpenedBytesMax, counted before they are allocated: a
/// hostile body costs at most about 40 MiB and half a second.   errors: malformed, too_large, newer
Result<OpenedBody> decode_columns(ByteView body, const BodyContext& context);

/// H("content_root" | salt | change ids in order).
Digest content_root(const BodySalt& salt, std::span<const ChangeId> ids);

}  // namespace jiyao
