// crypto/labels.cpp - the printed names of the labels.
#include "crypto/labels.h"

#include <iterator>

#include "crypto/result.h"

namespace jiyao {

namespace {

struct Named {
  Label label;
  std::string_view name;
};

/// In the order of the enum: one row a label.
constexpr Named kNames[] = {
    {Label::change, "change"},
    {Label::change_person, "person"},
    {Label::act, "act"},
    {Label::batch, "batch"},
    {Label::batch_residue, "residue"},
    {Label::content_root, "content"},
    {Label::body, "body"},
    {Label::commit, "commit"},
    {Label::roster, "roster"},
    {Label::root_print, "root_print"},
    {Label::enrol_mac, "enrol_mac"},
    {Label::enrol_digits, "digits"},
    {Label::grant, "grant"},
    {Label::receipt, "receipt"},
    {Label::head, "head"},
    {Label::head_sign, "head_sign"},
    {Label::frontier, "frontier"},
    {Label::frontiers, "frontiers"},
    {Label::scope, "scope"},
    {Label::papers, "papers"},
    {Label::state, "state"},
    {Label::compartment, "compart"},
    {Label::finding, "finding"},
    {Label::move, "move"},
    {Label::bundle, "bundle"},
    {Label::bundle_mac, "bundle_mac"},
    {Label::bundle_hint, "hint"},
    {Label::request, "request"},
    {Label::reply, "reply"},
    {Label::slot_commit, "slot"},
    {Label::keyring_mac, "ring_mac"},
    {Label::keyring_ad, "ring_ad"},
    {Label::seed_sign, "seed_sign"},
    {Label::seed_box, "seed_box"},
    {Label::seed_mac, "seed_mac"},
    {Label::anchor_mac, "anchor_mac"},
    {Label::file_page, "file_page"},
    {Label::file_wal, "file_wal"},
    {Label::ruleset, "ruleset"},
    {Label::hand_over, "hand_over"},
    {Label::backup, "backup"},
    {Label::enrol, "enrol"},
    {Label::invitation, "invitation"},
    {Label::recovery, "recovery"},
    {Label::hub_file, "hub_file"},
    {Label::series, "series"},
    {Label::epoch_request, "epoch_req"},
};

constexpr bool are_in_order() {
  for (std::size_t i = 0; i < std::size(kNames); ++i)
    if (static_cast<std::size_t>(kNames[i].label) != i) return false;
  return true;
}
static_assert(are_in_order(), "the table names every label in its place");

}  // namespace

std::string_view name_of(Label label) {
  const auto place = static_cast<std::size_t>(label);
  JIYAO_ASSERT(place < std::size(kNames));
  return kNames[place].name;
}

}  // namespace jiyao
