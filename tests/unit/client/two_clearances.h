// tests/unit/client/two_clearances.h - two people of different clearance at one ledger.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "client/typed_value.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {

class TwoClearances : public InOffices {
 protected:
  TwoClearances() : archive_(new_archive()), low_(folder_ / "R", "the passphrase of Li") {
    must(archive_.run({"user", "add", "李四", "--roles",
                       "intake_clerk,confidential_clerk,records_keeper,secretary", "--clearance",
                       "内部", "--recovery-sheet", path("li.sheet")},
                      {"the passphrase of Li", archive_.passphrase_of_root}));
  }
  static std::string made(const Said& said) {
    return said.json->getArray("records")->getObject(0)->getValue<std::string>("id");
  }
  static std::string field(const Said& said, const std::string& name) {
    const auto fields = said.json->getArray("records")->getObject(0)->getObject("fields");
    return fields->has(name) ? fields->getValue<std::string>(name) : std::string();
  }
  static std::string said(const Said& said) {
    std::ostringstream json;
    if (said.json) said.json->stringify(json);
    return said.text + json.str();
  }
  Said good(const Words& words) const { return must(archive_.run(words)); }
  /// The id of its row.
  std::string paper(const std::string& title, const std::string& doc_no,
                    const Words& more = {}) const {
    Words words{"收文", "登记",   "--标题", title,        "--来文单位",
                "省厅", "--文号", doc_no,   "--收文日期", "2026-11-02"};
    words.insert(words.end(), more.begin(), more.end());
    return made(good(words));
  }
  std::string finding(const OfficeMachine& at, const std::string& code) const {
    const auto all = must(at.run({"冲突", "列表"})).json->getArray("findings");
    for (std::size_t i = 0; i < all->size(); ++i)
      if (all->getObject(static_cast<unsigned>(i))->getValue<std::string>("code") == code)
        return all->getObject(static_cast<unsigned>(i))->getValue<std::string>("id");
    return {};
  }
  /// This row's level alone, as a program that knows nothing of the rest of its paper would.
  void raise_alone(const std::string& id) const {
    OpenDesk desk(folder_ / "R", "passphrase of R");
    const auto view = desk.replica().view(*RecordId::from(*from_hex(id)));
    ASSERT_TRUE(view);
    const auto writes = writes_of(*desk.replica().definitions().ledger(view->ledger),
                                  {{"level", "highly_secret"}}, &view->state);
    ASSERT_TRUE(writes);
    Step step;
    step.kind = ChangeKind::amend;
    step.ledger = view->ledger;
    step.record = view->record;
    step.writes = *writes;
    ASSERT_TRUE(desk.replica().record(Act{view->compartment, {step}}));
  }
  std::string printed(const OfficeMachine& at, Words words) const {
    words.insert(words.begin(), "print");
    words.insert(words.end(), {"--out", path("page.html")});
    must(at.run(words));
    return read(path("page.html"));
  }
  std::string exported(const OfficeMachine& at, const std::string& ledger, Said* how = nullptr) {
    const Said done = must(at.run({"export", ledger, "--out", path("out.csv"), "--force"}));
    if (how != nullptr) *how = done;
    return read(path("out.csv"));
  }

  OfficeMachine archive_, low_;
};

}  // namespace jiyao
