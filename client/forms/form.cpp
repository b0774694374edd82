// client/forms/form.cpp - forms read strictly, and made up for ledgers that have none.
#include "client/forms/form.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <array>
#include <set>

#include "schema/strict_json.h"

namespace jiyao {

namespace {

using Poco::JSON::Object;

constexpr int kSheetMm = 180, kWideSheetMm = 267;

class FormLoader {
 public:
  Form load(const Object& file);
  std::string place = "form";

 private:
  void require(bool holds, const std::string& rule) const {
    if (!holds) throw Mistake{place + ": " + rule};
  }
  void only(const Object& object, const std::set<std::string>& known) const {
    for (const std::string& name : object.getNames())
      require(known.count(name) != 0, "knows no " + name);
  }
  std::string text(const Object& object, const std::string& key, bool is_needed = true) const {
    if (!object.has(key) && !is_needed) return {};
    require(object.has(key) && object.get(key).isString(), "needs the text " + key);
    return object.getValue<std::string>(key);
  }
  int number(const Object& object, const std::string& key) const {
    if (!object.has(key)) return 0;
    require(object.get(key).isInteger(), "a number: " + key);
    const int value = object.getValue<int>(key);
    require(value > 0 && value <= kWideSheetMm, "out of bounds: " + key);
    return value;
  }
  template <class Take>
  void each(const Object& object, const std::string& key, Take take) const {
    if (!object.has(key)) return;
    require(object.isArray(key), "a list: " + key);
    for (const auto& item : *object.getArray(key)) take(item);
  }
  Object::Ptr object(const Poco::Dynamic::Var& item) const {
    require(item.type() == typeid(Object::Ptr), "a list of objects");
    return item.extract<Object::Ptr>();
  }
  std::vector<std::string> texts(const Object& object, const std::string& key) const {
    std::vector<std::string> texts;
    each(object, key, [&](const auto& item) {
      require(item.isString(), "a list of texts: " + key);
      texts.push_back(item.template extract<std::string>());
    });
    return texts;
  }
  std::optional<Level> level(const Object& object, const std::string& key) const {
    const std::string name = text(object, key, false);
    const auto level = level_from(name);
    require(name.empty() || level, "no level: " + name);
    return level;
  }
  Condition condition(const Object& object, const std::string& key) const {
    auto parsed = Condition::parse(text(object, key, false));
    require(static_cast<bool>(parsed), "no condition: " + key);
    return *std::move(parsed);
  }
  std::vector<FormColumn> columns(const Object& object) const;
  FormTable table(const Object& object) const;
  FormCheck check(const Object& object) const;
  std::vector<FormBox> box_line(const Poco::Dynamic::Var& item) const;
  void check_kind(const Form& form) const;
  void check_widths(const std::vector<FormColumn>& columns, int room) const;
};

std::vector<FormColumn> FormLoader::columns(const Object& parent) const {
  std::vector<FormColumn> columns;
  each(parent, "columns", [&](const auto& item) {
    const Object::Ptr spec = object(item);
    only(*spec, {"of", "zh", "mm", "below", "when", "named_in"});
    columns.push_back({text(*spec, "of"), text(*spec, "zh"), number(*spec, "mm"),
                       text(*spec, "below", false), condition(*spec, "when"),
                       text(*spec, "named_in", false)});
    require(columns.back().mm > 0, "a column needs its mm");
  });
  return columns;
}

std::vector<FormBox> FormLoader::box_line(const Poco::Dynamic::Var& item) const {
  require(item.type() == typeid(Poco::JSON::Array::Ptr), "a line of boxes is a list");
  std::vector<FormBox> line;
  for (const auto& one : *item.extract<Poco::JSON::Array::Ptr>()) {
    const Object::Ptr spec = object(one);
    only(*spec, {"of", "zh", "mm", "lines"});
    line.push_back({text(*spec, "of", false), text(*spec, "zh"), number(*spec, "mm"),
                    std::max(1, number(*spec, "lines"))});
  }
  require(!line.empty(), "an empty line of boxes");
  return line;
}

FormCheck FormLoader::check(const Object& spec) const {
  only(spec, {"zh", "ledger", "date", "when"});
  FormCheck check{text(spec, "zh"), text(spec, "ledger", false), text(spec, "date", false),
                  condition(spec, "when")};
  require(!check.ledger.empty() || (check.date.empty() && check.when.empty()),
          "a check counts rows of a ledger");
  return check;
}

FormTable FormLoader::table(const Object& spec) const {
  only(spec, {"zh", "columns", "rows", "ledger", "by", "date", "next_period", "when", "count_by",
              "view", "checks"});
  FormTable table;
  table.zh = text(spec, "zh");
  table.columns = columns(spec);
  table.rows = static_cast<std::size_t>(number(spec, "rows"));
  table.ledger = text(spec, "ledger", false);
  table.view = text(spec, "view", false);
  table.by = text(spec, "by", false);
  table.date = text(spec, "date", false);
  table.is_of_next_period = spec.has("next_period");
  table.when = condition(spec, "when");
  table.count_by = texts(spec, "count_by");
  each(spec, "checks", [&](const auto& item) { table.checks.push_back(check(*object(item))); });
  table.from = !table.view.empty()      ? FormTable::From::view
               : !table.checks.empty()  ? FormTable::From::checks
               : table.ledger.empty()   ? FormTable::From::entries
               : table.count_by.empty() ? FormTable::From::rows
                                        : FormTable::From::groups;
  require(!table.columns.empty(), "a table needs columns");
  require(table.ledger.empty() || (table.view.empty() && table.checks.empty()),
          "a table has rows of one kind");
  return table;
}

Form FormLoader::load(const Object& file) {
  Form form;
  form.id = text(file, "form");
  place = form.id;
  only(file, {"form", "zh", "ledger", "sheet", "columns", "totals", "date", "least", "most",
              "boxes", "tables", "signs", "period"});
  form.zh = text(file, "zh");
  form.ledger = text(file, "ledger", false);
  const std::string sheet = text(file, "sheet");
  require(sheet == "portrait" || sheet == "landscape", "no such sheet");
  form.sheet = sheet == "landscape" ? Sheet::landscape : Sheet::portrait;
  form.columns = columns(file);
  form.is_register = !form.columns.empty();
  form.totals = texts(file, "totals");
  form.date = text(file, "date", false);
  form.least = level(file, "least");
  form.most = level(file, "most");
  each(file, "boxes", [&](const auto& item) { form.boxes.push_back(box_line(item)); });
  each(file, "tables", [&](const auto& item) { form.tables.push_back(table(*object(item))); });
  form.signs = texts(file, "signs");
  form.period = text(file, "period", false);
  check_kind(form);
  const int room = form.sheet == Sheet::landscape ? kWideSheetMm : kSheetMm;
  check_widths(form.columns, room);
  for (const FormTable& table : form.tables) check_widths(table.columns, room);
  return form;
}

/// A register, a sheet for one record, or a report.
void FormLoader::check_kind(const Form& form) const {
  constexpr std::array<std::string_view, 5> kPeriods = {"", "month", "quarter", "half_year",
                                                        "year"};
  require(std::find(kPeriods.begin(), kPeriods.end(), form.period) != kPeriods.end(),
          "no such period");
  if (form.is_report()) {
    require(form.columns.empty() && form.boxes.empty() && !form.tables.empty(),
            "without a ledger it has tables alone");
    return;
  }
  require(form.period.empty(), "only a report has a period");
  require(form.is_register != !form.boxes.empty(), "either columns or boxes");
}

void FormLoader::check_widths(const std::vector<FormColumn>& columns, int room) const {
  int wide = 0;
  for (const FormColumn& column : columns) wide += column.mm;
  require(wide == 0 || wide == room,
          "columns fill " + std::to_string(wide) + " of " + std::to_string(room) + " mm");
}

/// How wide a field wants its column, relative to others.
int weight_of(const Field& field) {
  switch (field.type) {
    case FieldType::text:
    case FieldType::opinion:
      return field.name == "title" || field.name == "remarks" ? 5 : 3;
    case FieldType::level:
    case FieldType::integer:
    case FieldType::choice:
      return 1;
    default:
      return 2;
  }
}

Form empty_form_of(const LedgerDefinition& ledger) {
  Form form;
  form.id = ledger.print;
  form.zh = ledger.zh;
  form.ledger = ledger.name;
  return form;
}

}  // namespace

Result<Form> Form::parse(std::string_view json) {
  FormLoader loader;
  try {
    Poco::JSON::Parser parser(new NoRepeats);
    const Poco::Dynamic::Var file = parser.parse(std::string(json));
    if (file.type() != typeid(Object::Ptr)) return {Errc::invalid, "form: not an object"};
    return loader.load(*file.extract<Object::Ptr>());
  } catch (const Mistake& mistake) {
    return {Errc::invalid, mistake.what};
  } catch (const Poco::Exception& fault) {
    return {Errc::invalid, loader.place + ": " + fault.displayText()};
  }
}

const std::vector<Form>& built_in_forms() {
  static const std::vector<Form> forms = [] {
    std::vector<Form> made;
    for (const std::string_view json : kFormFiles) {
      auto form = Form::parse(json);
      JIYAO_ASSERT(form);
      made.push_back(*std::move(form));
    }
    return made;
  }();
  return forms;
}

Form register_form_of(const LedgerDefinition& ledger) {
  Form form = empty_form_of(ledger);
  form.sheet = Sheet::landscape;
  form.is_register = true;
  form.columns.push_back({"@line", "序号", 15, {}, {}, {}});
  int weight = 0, left = kWideSheetMm - 15;
  for (const std::size_t index : ledger.list) weight += weight_of(ledger.fields[index]);
  const int unit = left / std::max(weight, 1);
  for (const std::size_t index : ledger.list) {
    const Field& field = ledger.fields[index];
    const int mm = index == ledger.list.back() ? left : unit * weight_of(field);
    const bool is_ref = field.type == FieldType::ref;
    form.columns.push_back(
        {is_ref ? field.name + ".@number" : field.name, field.zh, mm, {}, {}, {}});
    left -= mm;
  }
  form.signs = {"制表人", "核对人", "负责人"};
  return form;
}

Form record_form_of(const LedgerDefinition& ledger) {
  Form form = empty_form_of(ledger);
  std::vector<FormBox> half;
  for (const Field& field : ledger.fields) {
    if (field.name == "state" || ledger.groups[field.group].kind == GroupKind::set) continue;
    const std::string of = field.type == FieldType::ref ? field.name + ".@number" : field.name;
    const bool is_long = weight_of(field) > 2;
    if (is_long && !half.empty()) form.boxes.push_back(std::exchange(half, {}));
    half.push_back({of, field.zh, 0, 1});
    if (is_long || half.size() == 2) form.boxes.push_back(std::exchange(half, {}));
  }
  half.push_back({"@state", "状态", 0, 1});
  form.boxes.push_back(half);
  for (const Group& group : ledger.groups) {
    if (group.kind != GroupKind::set) continue;
    FormTable table;
    table.rows = 2;
    const int share = kSheetMm / static_cast<int>(group.fields.size());
    for (const std::size_t index : group.fields) {
      const int mm = index == group.fields.back()
                         ? kSheetMm - share * (static_cast<int>(group.fields.size()) - 1)
                         : share;
      table.columns.push_back({ledger.fields[index].name, ledger.fields[index].zh, mm, {}, {}, {}});
    }
    form.tables.push_back(std::move(table));
  }
  form.signs = {"经办人", "负责人", "日期"};
  return form;
}

}  // namespace jiyao
