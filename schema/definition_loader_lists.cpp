// schema/definition_loader_lists.cpp - whose decision counts, and what rows of a list propose to
// other ledgers.
#include <algorithm>

#include "schema/definition_loader.h"

namespace jiyao {

void DefinitionLoader::load_seniority(const Object& file) {
  if (!file.has("seniority")) return;
  place = def_.name + ".seniority";
  const Object::Ptr spec = object(file, "seniority");
  only(*spec, {"states", "by"});
  Seniority seniority;
  for (const std::string& name : texts(*spec, "states")) {
    seniority.states.push_back(state(name));
    require(!def_.states[seniority.states.back()].is_void, "voiding is no decision");
  }
  const std::set<std::size_t> distinct(seniority.states.begin(), seniority.states.end());
  require(seniority.states.size() >= 2 && distinct.size() == seniority.states.size(),
          "at least two decisions exclude each other");
  for (const std::string& word : words_of(text(*spec, "by"))) {
    const auto role = role_from(word);
    require(role.has_value(), "\"by\" names no role of ours, " + word);
    require(std::count(seniority.by.begin(), seniority.by.end(), *role) == 0,
            "\"by\" names a role twice, " + word);
    seniority.by.push_back(*role);
  }
  def_.seniority = std::move(seniority);
}

// Whether the other ledger has these columns is known when all files are
// (schema/definition_links.cpp).
void DefinitionLoader::load_proposals(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "proposes")) {
    place = def_.name + ".proposes";
    only(*spec, {"to", "match", "fills", "cites", "day"});
    Proposal proposal;
    proposal.to = text(*spec, "to");
    const Object::Ptr match = object(*spec, "match");
    for (const std::string& own : match->getNames())
      proposal.match.emplace_back(field(own), text(*match, own));
    require(!proposal.match.empty(), "\"match\" says which rows are meant");
    const Object::Ptr fills = object(*spec, "fills");
    for (const std::string& theirs : fills->getNames()) {
      const std::size_t own = field(text(*fills, theirs));
      require(def_.groups[def_.fields[own].group].kind != GroupKind::set,
              "a set says several things, not one to fill in");
      proposal.fills.emplace_back(theirs, own);
    }
    proposal.cites = text(*spec, "cites", false);
    if (spec->has("day")) {
      const auto words = words_of(text(*spec, "day"));
      require(words.size() == 3, "\"day\" is their day and two own ones");
      proposal.day = words[0];
      proposal.day_from = field(words[1]);
      proposal.day_until = field(words[2]);
      for (const std::size_t own : {proposal.day_from, proposal.day_until})
        require(def_.fields[own].type == FieldType::date, "\"day\" names dates");
    }
    def_.proposals.push_back(std::move(proposal));
  }
}

}  // namespace jiyao
