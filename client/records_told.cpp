// client/records_told.cpp - a failure of the engine in the person's words.
#include "client/records.h"

namespace jiyao {

Error in_words(Desk& desk, const Replica& replica, const Error& error) {
  for (const LedgerDefinition& ledger : replica.definitions().all())
    if (const std::string end = ": " + ledger.name; error.detail.ends_with(end)) {
      const bool is_zh = desk.words().language() == Language::zh;
      const std::string said = error.detail.substr(0, error.detail.size() - end.size());
      return Error{error.code, desk.words().engine_words(said) + desk.text("error.colon") +
                                   (is_zh ? ledger.zh : ledger.en)};
    }
  const std::size_t dot = error.detail.find('.');
  const std::size_t colon = error.detail.find(':');
  if (dot == std::string::npos || colon == std::string::npos || colon < dot) return error;
  const auto* ledger = replica.definitions().ledger(error.detail.substr(0, dot));
  if (ledger == nullptr) return error;
  const std::string name = error.detail.substr(dot + 1, colon - dot - 1);
  const Field* field = ledger->field(name);
  std::string reason = error.detail.substr(colon + 1);
  for (const Transition& step : ledger->steps)
    if (desk.words().language() == Language::zh && reason.ends_with(": " + step.verb))
      reason.replace(reason.size() - step.verb.size(), step.verb.size(), step.zh);
  const std::string label = field != nullptr  ? label_of(desk.words(), *field)
                            : name == "state" ? desk.text("record.state")
                                              : name;
  return Error{error.code, label + ":" + reason};
}

}  // namespace jiyao
