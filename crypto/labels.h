// crypto/labels.h - the registry of domain-separation labels: one use each, never re-used.
//
// A label becomes the BLAKE2b personalisation ("jiyao " + name, zero padded to 16 bytes), so two
// uses of the same bytes can never be taken for one another. A test checks: unique, at most 10
// characters.
#pragma once

#include <cstdint>
#include <string_view>

namespace jiyao {

enum class Label : std::uint8_t {
  change,         ///< change_id
  change_person,  ///< what a person signs of a change
  act,            ///< content hash an approval binds to
  batch,          ///< batch_id; what the node signs
  batch_residue,  ///< what the keeper signs of a residue
  content_root,   ///< salt | change ids
  body,           ///< hash of a sealed body
  commit,         ///< key commitment
  roster,         ///< hash and signed digest of a roster record
  root_print,     ///< fingerprint of the realm root
  enrol_mac,      ///< enrolment request under the invitation secret
  enrol_digits,   ///< the 12 x 5 digits both sides read out
  grant,          ///< what the keeper signs of a grant
  receipt,        ///< what the issuer signs of a receipt
  head,           ///< head(p) = H(head(p-1) | batch id)
  head_sign,      ///< what a hub signs of its head
  frontier,       ///< digest of one compartment's frontier
  frontiers,      ///< digest over all of a scope
  scope,          ///< digest of a scope
  papers,         ///< digest of grants, receipts, requests for epochs
  state,          ///< merged state of one record
  compartment,    ///< state digest of a compartment
  finding,        ///< finding id
  move,           ///< record id of a moved record
  bundle,         ///< what the sender signs of a bundle
  bundle_mac,     ///< bundle header under its file key
  bundle_hint,    ///< which recipient slot is mine
  request,        ///< what a node signs of an HTTP request
  reply,          ///< what a hub signs of an HTTP reply
  slot_commit,    ///< keyring slot: right passphrase?
  keyring_mac,    ///< keyring file
  keyring_ad,     ///< context of a sealed keyring entry
  seed_sign,      ///< seed -> Ed25519 seed
  seed_box,       ///< seed -> X25519 seed
  seed_mac,       ///< node seed -> MAC key
  anchor_mac,     ///< anchor file
  file_page,      ///< file key -> database page key
  file_wal,       ///< file key -> WAL key
  ruleset,        ///< hash of the ledger definitions
  hand_over,      ///< check code of a bundle, read by people
  backup,         ///< backup file
  enrol,          ///< what node and person sign of a request to be enrolled
  invitation,     ///< check characters of a printed invitation
  recovery,       ///< check letters of a printed recovery code
  hub_file,       ///< hub seed -> key of hub.jdb
  series,         ///< record id of a number series
  epoch_request,  ///< what a keeper signs of a request for epochs
};

/// "jiyao " + this is the personalisation.
std::string_view name_of(Label label);

}  // namespace jiyao
