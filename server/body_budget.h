// server/body_budget.h - memory for bodies and answers, shared by all connections. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace jiyao {

class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : free_(static_cast<std::int64_t>(bytes)) {}
  bool take(std::size_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (free_.fetch_sub(wanted) >= wanted) return true;
    free_.fetch_add(wanted);
    return false;
  }
  void give_back(std::size_t bytes) { free_.fetch_add(static_cast<std::int64_t>(bytes)); }

 private:
  std::atomic<std::int64_t> free_;
};

/// A part of it, for as long as this lives.
class Taken {
 public:
  Taken(BodyBudget& budget, std::size_t bytes)
      : budget_(budget), bytes_(bytes), is_ok_(budget.take(bytes)) {}
  ~Taken() {
    if (is_ok_) budget_.give_back(bytes_);
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  bool is_ok() const { return is_ok_; }

 private:
  BodyBudget& budget_;
  std::size_t bytes_;
  bool is_ok_;
};

}  // namespace jiyao
