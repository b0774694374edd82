// schema/limits.h - every bound on bytes from outside, with unit and reason (design.md section 4).
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiyao {

inline constexpr std::size_t kChangeBytesMax = 64 * 1024;  ///< one change, canonical
inline constexpr std::size_t kParentsMax = 64;             ///< more: cite the 64 greatest
inline constexpr std::size_t kWritesMax = 128;             ///< groups one change may write
inline constexpr std::size_t kSettlesMax = 256;            ///< changes one ruling may name
inline constexpr std::size_t kActChangesMax = 1000;
inline constexpr std::size_t kActBytesMax = 192 * 1024;  ///< so that one act fits one batch
inline constexpr std::size_t kBatchChangesMax = 1000;
inline constexpr std::size_t kBatchBytesMax = 256 * 1024;  ///< sealed, header included
inline constexpr std::size_t kBatchOpenedBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kBatchTargetBytes =
    128 * 1024;  ///< sealed bytes to pack for, fast links
inline constexpr std::size_t kBatchTargetBytesWeak = 16 * 1024;
inline constexpr std::size_t kRosterRecordBytesMax = 64 * 1024;
inline constexpr std::size_t kRecordBodiesMax = 64;      ///< one roster record
inline constexpr std::size_t kSignaturesMax = 8;         ///< on one roster record
inline constexpr std::size_t kTextBytesMax = 16 * 1024;  ///< one field value
inline constexpr std::size_t kNameBytesMax = 64;         ///< ledger, group and field names
inline constexpr std::size_t kGrantBytesMax = 64 * 1024;
inline constexpr std::size_t kGrantEpochsMax = 1000;
inline constexpr std::size_t kEpochRequestBytesMax = 128 * 1024;
inline constexpr std::size_t kEpochsAskedMax = 1000;  ///< in one request of a keeper
inline constexpr std::size_t kCutsAskedMax = 500;     ///< likewise
inline constexpr std::size_t kReceiptBytesMax = 64 * 1024;
inline constexpr std::size_t kReceiptBatchesMax = 1500;
inline constexpr std::size_t kReceiptSetsMax = 64;  ///< the newest bundle sets taken in
inline constexpr std::size_t kHeadBytesMax = 512;   ///< a hub head on its own
inline constexpr std::size_t kHaveBytesMax = 256;
inline constexpr std::size_t kRefusedBatchesMax = 8 * 1024;       ///< in one `refused` frame
inline constexpr std::size_t kFrameBytesMax = 512 * 1024;         ///< one exchange frame
inline constexpr std::size_t kMessageBytesMax = 8 * 1024 * 1024;  ///< one HTTP body
inline constexpr std::size_t kFrontierIdsMax = 8 * 1024;  ///< tips + floors of one compartment
inline constexpr std::size_t kCompartmentsMax = 4096;     ///< in one scope
inline constexpr std::size_t kHeldBytesPerPeerMax =
    64 * 1024 * 1024;                                         ///< author unknown to my roster
inline constexpr std::size_t kRecipientsMax = 64;             ///< of one bundle
inline constexpr std::uint64_t kVolumeBytesMin = 320 * 1024;  ///< a volume holds any one batch
inline constexpr std::uint64_t kBundleBytesMax = 2ULL << 30;
inline constexpr std::size_t kEnrolBytesMax = 8 * 1024;
inline constexpr std::size_t kHandOverBytesMax = 8 * 1024;
inline constexpr std::size_t kMailboxMax = 256;  ///< enrolment requests a hub keeps
inline constexpr std::size_t kCsvCellBytesMax = 16 * 1024;
inline constexpr std::size_t kOpenSetsMax = 3;  ///< two-way lane: exports without receipt

static_assert(kActBytesMax < kBatchBytesMax);
static_assert(kBatchBytesMax < kFrameBytesMax);
static_assert(kVolumeBytesMin > kBatchBytesMax);

}  // namespace jiyao
