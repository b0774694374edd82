// bench/register.cpp - see register.h.
#include "bench/register.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace jiyao {
namespace {

constexpr std::uint64_t kRowsPerAct = 200;
constexpr std::uint64_t kTitleWords = 14, kRemarkWords = 40;

constexpr std::array<std::string_view, 108> kWords = {
    "关于", "加强", "保密", "工作", "通知", "意见", "方案", "规划", "国土", "空间", "安全", "生产",
    "防汛", "抗旱", "应急", "管理", "教育", "培训", "干部", "人事", "档案", "文件", "电子", "政务",
    "数据", "网络", "信息", "系统", "建设", "改革", "发展", "经济", "财政", "预算", "审计", "监督",
    "检查", "考核", "评估", "报告", "请示", "批复", "会议", "纪要", "决定", "公告", "条例", "办法",
    "细则", "标准", "规范", "制度", "责任", "落实", "推进", "实施", "项目", "投资", "企业", "市场",
    "环境", "保护", "生态", "水利", "农业", "林业", "交通", "运输", "公路", "铁路", "民航", "能源",
    "电力", "煤矿", "化工", "食品", "药品", "医疗", "卫生", "社会", "保障", "就业", "住房", "城乡",
    "乡村", "振兴", "扶贫", "救灾", "民政", "司法", "公安", "消防", "边防", "外事", "侨务", "港澳",
    "科技", "创新", "知识", "产权", "统计", "调查", "海关", "税务", "工商", "质检", "气象", "地震"};

constexpr std::array<std::string_view, 8> kSenders = {"国务院办公厅", "省人民政府",   "省委办公厅",
                                                      "省财政厅",     "省自然资源厅", "市人民政府",
                                                      "省国家保密局", "省档案局"};

/// SplitMix64: the next of a row's own numbers.
std::uint64_t draw(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string words(std::uint64_t& state, std::uint64_t count) {
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i) text += kWords[draw(state) % kWords.size()];
  return text;
}

std::string date(std::uint64_t year, std::uint64_t day) {
  std::array<char, 16> text;
  std::snprintf(text.data(), text.size(), "%04u-%02u-%02u", static_cast<unsigned>(year),
                static_cast<unsigned>(day / 28 % 12 + 1), static_cast<unsigned>(day % 28 + 1));
  return text.data();
}

}  // namespace

std::vector<Write> register_row(std::uint64_t n) {
  std::uint64_t state = n * 2 + 1;
  const std::uint64_t sender = draw(state) % kSenders.size(), day = draw(state) % 336;
  return {{"dated_on", date(2026, day)},
          {"doc_no", "办发〔2026〕" + std::to_string(n + 1) + "号"},
          {"intake_no", "2026-" + std::to_string(n + 1)},
          {"legacy_no", std::to_string(n + 1)},
          {"level", "internal"},
          {"main_dept", words(state, 2) + "处"},
          {"received_on", date(2026, day)},
          {"remarks", words(state, kRemarkWords)},
          {"sender_org", std::string(kSenders[sender])},
          {"state", "registered"},
          {"title", words(state, kTitleWords)},
          {"urgency", n % 7 == 0 ? "急件" : "平件"}};
}

std::string register_title(std::uint64_t n) {
  std::uint64_t state = n * 2 + 1;
  return words(state, kTitleWords);
}

std::vector<Write> row_change(std::uint64_t n) {
  std::uint64_t state = n * 2 + 0x100000000;
  return {{"due_on", date(2027, draw(state) % 336)},
          {"main_dept", words(state, 2) + "科"},
          {"remarks", words(state, kRemarkWords)}};
}

const std::vector<std::string>& register_columns() {
  static const std::vector<std::string> columns = [] {
    std::vector<std::string> names;
    for (const Write& write : register_row(0)) names.push_back(write.group);
    return names;
  }();
  return columns;
}

std::vector<Act> acts_of_rows(const CompartmentId& compartment, std::uint64_t from,
                              std::uint64_t to) {
  std::vector<Act> acts;
  for (std::uint64_t n = from; n < to; ++n) {
    if ((n - from) % kRowsPerAct == 0) acts.push_back({compartment, {}});
    Step step;
    step.ledger = "incoming";
    step.writes = register_row(n);
    acts.back().steps.push_back(std::move(step));
  }
  return acts;
}

}  // namespace jiyao
