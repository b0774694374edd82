// client/commands/timeline.cpp - timeline (everything about a record, act by act) and access log
// (who has seen a paper).
#include "client/timeline.h"

#include "client/commands/commands.h"
#include "client/readers.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

struct TimelineOptions {
  std::string record, ledger;
};

void declare(CLI::App& app, TimelineOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--ledger,--台账", options.ledger, words.text("opt.any_ledger"));
}

/// In the ledger that was named, else in the first that has a record of this name.
Result<View> any_record(Desk& desk, Replica& replica, const TimelineOptions& options) {
  if (options.ledger.empty()) return find_cited(desk, replica, "any", options.record);
  for (const LedgerDefinition& ledger : replica.definitions().all())
    if (options.ledger == ledger.name || options.ledger == ledger.noun ||
        options.ledger == ledger.noun_zh || options.ledger == ledger.zh)
      return find_record(desk, replica, ledger.name, options.record);
  return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
}

class Telling {
 public:
  Telling(Desk& desk, const Replica& replica)
      : desk_(desk), replica_(replica), directory_(replica) {}

  void tell(const TimelineAct& act, Answer& answer) {
    answer.text += (answer.text.empty() ? "" : "\n") + time_text(act.at_ms) + "  " +
                   directory_.person(act.by) + " · " + directory_.node(act.node);
    Poco::JSON::Object::Ptr one = json_object();
    one->set("act", act.act.hex());
    one->set("at", rfc3339_at(act.at_ms));
    one->set("person", directory_.person(act.by));
    one->set("node", directory_.node(act.node));
    Poco::JSON::Array::Ptr parts = json_array();
    for (const TimelineAct::Part& part : act.parts) tell(act, part, answer, *parts);
    one->set("records", parts);
    acts_->add(one);
  }
  Poco::JSON::Array::Ptr acts() const { return acts_; }

 private:
  void tell(const TimelineAct& act, const TimelineAct::Part& part, Answer& answer,
            Poco::JSON::Array& rows) {
    const LedgerDefinition* ledger = replica_.definitions().ledger(part.record.ledger);
    if (ledger == nullptr) return;
    const bool is_zh = desk_.words().language() == Language::zh;
    const std::string name = (is_zh ? ledger->noun_zh : ledger->en) + " " +
                             called(desk_.words(), directory_, *ledger, part.record);
    Poco::JSON::Object::Ptr row = json_object();
    row->set("ledger", ledger->name);
    row->set("record", part.record.record.hex());
    Poco::JSON::Array::Ptr steps = json_array();
    for (const HistoryEntry& step : part.steps) {
      const std::string kind =
          desk_.text("kind." + std::to_string(static_cast<int>(step.change.kind)));
      const std::string what = written_text(desk_, directory_, *ledger, step);
      answer.text += "\n    " + name + "  " + kind + "  " + what;
      if (!step.is_applied) answer.text += desk_.text("timeline.not_applied");
      Poco::JSON::Object::Ptr said = json_object();
      said->set("kind", static_cast<int>(step.change.kind));
      said->set("what", what);
      said->set("reason", step.change.reason);
      said->set("applied", step.is_applied);
      steps->add(said);
    }
    row->set("steps", steps);
    row->set("corrections", struck(act, part, *ledger, answer));
    rows.add(row);
  }
  Poco::JSON::Array::Ptr struck(const TimelineAct& act, const TimelineAct::Part& part,
                                const LedgerDefinition& ledger, Answer& answer) {
    Poco::JSON::Array::Ptr rows = json_array();
    for (const Correction& one : corrections_of(replica_.history(part.record.record), ledger)) {
      if (one.act != act.act) continue;
      answer.text += "\n      " + correction_text(desk_, directory_, ledger, one);
      rows->add(json_of(directory_, ledger, one));
    }
    return rows;
  }

  Desk& desk_;
  const Replica& replica_;
  Directory directory_;
  Poco::JSON::Array::Ptr acts_ = json_array();
};

Result<Answer> timeline(Desk& desk, const TimelineOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto record = any_record(desk, **replica, options);
  if (!record) return record.error();
  Answer answer{.json = json_object()};
  Telling telling(desk, **replica);
  for (const TimelineAct& act : timeline_of(**replica, *record)) telling.tell(act, answer);
  answer.json->set("record", record->record.hex());
  answer.json->set("ledger", record->ledger);
  answer.json->set("acts", telling.acts());
  return answer;
}

Result<Answer> access_log(Desk& desk, const TimelineOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto record = any_record(desk, **replica, options);
  if (!record) return record.error();
  const Directory directory(**replica);
  const bool is_wanted = record->compartment.level >= Level::highly_secret;
  Answer answer{.text = desk.text(is_wanted ? "readers.wanted" : "readers.not_wanted",
                                  {{"level", level_text(desk.words(), record->compartment.level)}}),
                .json = json_object()};
  Table table({desk.text("readers.person"), desk.text("readers.how"), desk.text("readers.at"),
               desk.text("readers.by")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const Reader& reader : readers_of(**replica, *record)) {
    const LedgerDefinition& ledger = *(*replica)->definitions().ledger(reader.ledger);
    const bool is_zh = desk.words().language() == Language::zh;
    const std::string person = directory.person_text(reader.person);
    table.add({terminal_safe(person), is_zh ? ledger.noun_zh : ledger.en, time_text(reader.at_ms),
               directory.person(reader.by)});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("person", person);
    row->set("ledger", reader.ledger);
    row->set("record", reader.record.hex());
    row->set("at", rfc3339_at(reader.at_ms));
    row->set("registered_by", directory.person(reader.by));
    rows->add(row);
  }
  answer.text +=
      "\n" + (rows->size() == 0 ? desk.text("readers.none") : table.text(desk.console().columns()));
  answer.json->set("record", record->record.hex());
  answer.json->set("required", is_wanted);
  answer.json->set("readers", rows);
  return answer;
}

}  // namespace

void add_timeline(Menu& menu) {
  menu.add<TimelineOptions>("timeline", declare, timeline);
  menu.add<TimelineOptions>("access log", declare, access_log);
}

}  // namespace jiyao
