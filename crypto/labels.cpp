// crypto/labels.cpp - the printed names of the labels.
#include "crypto/labels.h"

#include "crypto/result.h"

namespace jiyao {

// No default: a label without a name does not compile (-Wswitch is an error).
std::string_view name_of(Label label) {
  switch (label) {
    case Label::change:
      return "change";
    case Label::change_person:
      return "person";
    case Label::act:
      return "act";
    case Label::batch:
      return "batch";
    case Label::batch_residue:
      return "residue";
    case Label::content_root:
      return "content";
    case Label::body:
      return "body";
    case Label::commit:
      return "commit";
    case Label::roster:
      return "roster";
    case Label::root_print:
      return "root_print";
    case Label::enrol_mac:
      return "enrol_mac";
    case Label::enrol_digits:
      return "digits";
    case Label::grant:
      return "grant";
    case Label::receipt:
      return "receipt";
    case Label::head:
      return "head";
    case Label::head_sign:
      return "head_sign";
    case Label::frontier:
      return "frontier";
    case Label::frontiers:
      return "frontiers";
    case Label::scope:
      return "scope";
    case Label::papers:
      return "papers";
    case Label::state:
      return "state";
    case Label::compartment:
      return "compart";
    case Label::finding:
      return "finding";
    case Label::move:
      return "move";
    case Label::bundle:
      return "bundle";
    case Label::bundle_mac:
      return "bundle_mac";
    case Label::bundle_hint:
      return "hint";
    case Label::request:
      return "request";
    case Label::reply:
      return "reply";
    case Label::slot_commit:
      return "slot";
    case Label::keyring_mac:
      return "ring_mac";
    case Label::keyring_ad:
      return "ring_ad";
    case Label::seed_sign:
      return "seed_sign";
    case Label::seed_box:
      return "seed_box";
    case Label::seed_mac:
      return "seed_mac";
    case Label::anchor_mac:
      return "anchor_mac";
    case Label::file_page:
      return "file_page";
    case Label::file_wal:
      return "file_wal";
    case Label::ruleset:
      return "ruleset";
    case Label::hand_over:
      return "hand_over";
    case Label::backup:
      return "backup";
    case Label::enrol:
      return "enrol";
    case Label::invitation:
      return "invitation";
    case Label::recovery:
      return "recovery";
    case Label::hub_file:
      return "hub_file";
  }
  stop_on_bug("a label outside the registry", __FILE__, __LINE__);
}

}  // namespace jiyao
