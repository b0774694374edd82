// client/desk.cpp - opening the replica for the person at the keyboard.
#include "client/desk.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "client/hub_link.h"
#include "client/keeping.h"
#include "client/second_thread.h"
#include "crypto/random.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

constexpr std::int64_t kBusyLookMs = 100;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr const char* kDayEndKey = "day_end";

#ifdef JIYAO_TEST_KEYRINGS
bool is_test_run() {
  const char* cost = std::getenv("JIYAO_TEST_KEYRING_COST");
  return cost != nullptr && std::string_view(cost) == "least";
}
#else
constexpr bool is_test_run() {
  return false;
}
#endif

/// Keys are copied on purpose: the desk keeps them to open the files again, after waiting for
/// another process or between two rounds of `sync --watch`.
Unlocked copy_of(const Unlocked& unlocked) {
  Unlocked copy{unlocked.realm,
                unlocked.node,
                unlocked.person,
                unlocked.node_sign,
                unlocked.node_box,
                unlocked.anchor_key,
                {unlocked.log.id, unlocked.log.key.duplicate()},
                {}};
  for (const auto& [level, file] : unlocked.levels)
    copy.levels.emplace(level, FileAccess{file.id, file.key.duplicate()});
  return copy;
}

/// Why the ledger shows nothing, or nothing entered here will count.
void tell_what_is_wanting(const Desk& desk, const Replica& replica) {
  const Roster roster = replica.roster();
  const UserRecord* user = roster.user(replica.person().user);
  const auto warn = [&](std::string_view id) { desk.console().warn(desk.text(id)); };
  if (user == nullptr && !roster.users().empty()) warn("desk.not_approved");
  if (user != nullptr && user->clearance < Level::internal) warn("desk.no_clearance");
  if (!replica.recall(kShutOutNote).value_or(Bytes{}).empty()) warn("desk.shut_out");
}

}  // namespace

PassphraseCost slot_cost() {
  return is_test_run() ? kTestCost : kShippedCost;
}

TestSlots test_slots() {
  return is_test_run() ? TestSlots::accept : TestSlots::refuse;
}

/// Jitter for back-off: nothing depends on how good it is.
class Desk::Dice final : public Random {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed | 1U) {}
  std::uint64_t next() override {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

 private:
  std::uint64_t state_;
};

class Desk::Bell final : public Alarms {
 public:
  explicit Bell(const Desk& desk) : desk_(desk) {}
  void raise(const std::string& code, const std::string& detail) override {
    const std::string id = "alarm." + code;
    desk_.console().warn(desk_.text("alarm.line", {{"what", desk_.text(id)}, {"detail", detail}}));
  }

 private:
  const Desk& desk_;
};

Desk::Desk(const Choices& choices, const Catalogue& words, const Menu& menu)
    : choices_(choices),
      words_(words),
      console_(choices.output, words),
      prompt_(choices.prompt, words),
      menu_(menu),
      dice_(std::make_unique<Dice>(static_cast<std::uint64_t>(clock_.steady_ms()))),
      bell_(std::make_unique<Bell>(*this)),
      env_{clock_, *dice_, files_, *bell_} {}

Desk::~Desk() = default;

bool Desk::has_keyring() {
  return files_.exists(keyring_path());
}

Result<Keyring> Desk::keyring() {
  if (!has_keyring())
    return Error{Errc::not_found, text("desk.no_ledger", {{"folder", choices_.data_dir}}) + "\n" +
                                      text("desk.init_first")};
  const auto bytes = read_file(files_, keyring_path(), kKeyringBytesMax);
  if (!bytes) return bytes.error();
  auto keyring = Keyring::parse(*bytes, test_slots());
  if (!keyring) return Error{keyring.code(), text("desk.keyring_bad", {{"file", keyring_path()}})};
  const auto& slots = keyring->contents().slots;
  if (std::any_of(slots.begin(), slots.end(), [](const KeyringSlot& one) { return one.is_test; }))
    console_.warn(text("desk.test_keyring"));
  return keyring;
}

void Desk::save(const Keyring& keyring) {
  replace_file(files_, keyring_path(), keyring.bytes());
}

Result<Desk::Login> Desk::login() {
  auto ring = keyring();
  if (!ring) return ring.error();
  const auto passphrase = prompt_.passphrase(text("desk.passphrase"));
  if (!passphrase) return passphrase.error();
  auto slot = ring->unlock_any(passphrase->reveal());
  if (!slot) return Error{slot.code(), {}};
  return Login{*std::move(ring), *std::move(slot)};
}

Result<Replica*> Desk::replica() {
  if (replica_) return replica_.get();
  if (unlocked_) return open_replica();
  auto in = login();
  if (!in) return in.error();
  return replica(in->keyring, std::move(in->slot));
}

Result<Replica*> Desk::replica(const Keyring& keyring, OpenedSlot slot) {
  auto unlocked = unlocked_by(keyring, std::move(slot));
  if (!unlocked) return unlocked.error();
  unlocked_ = std::make_unique<Unlocked>(*std::move(unlocked));
  return open_replica();
}

Result<void> Desk::hold() {
  if (hold_) return {};
  const std::int64_t until_ms = clock_.steady_ms() + choices_.busy_wait_ms;
  while (true) {
    auto held = files_.lock(choices_.data_dir + "/" + kLockName);
    if (held) {
      hold_ = *std::move(held);
      return {};
    }
    if (held.code() != Errc::busy) return held.error();
    if (clock_.steady_ms() >= until_ms)
      return failure(Errc::busy, "desk.busy", {{"pid", held.error().detail}});
    std::this_thread::sleep_for(std::chrono::milliseconds(kBusyLookMs));
  }
}

void Desk::let_go() {
  replica_.reset();
  hold_.reset();
}

Result<Replica*> Desk::open_replica() {
  if (const auto held = hold(); !held) return held.error();
  auto opened = Replica::open(env_, choices_.data_dir, choices_.state_dir, copy_of(*unlocked_));
  if (!opened) return opened.error();
  replica_ = *std::move(opened);
  replica_->work_with(std::make_unique<SecondThread>());
  // What came while nobody cleared for it was here.
  ProgressBar bar(console_, text("desk.showing"));
  const Progress progress{[&](std::size_t done, std::size_t total) { bar.step(done, total); }};
  if (const auto caught = catch_up_all(*replica_, &progress); !caught) return caught.error();
  tell_what_is_wanting(*this, *replica_);
  const auto day_end = replica_->recall(kDayEndKey);
  day_end_ = day_end ? std::atoi(std::string(as_text(*day_end)).c_str()) : 0;
  return replica_.get();
}

std::string Desk::today() const {
  return date_at(clock_.wall_ms() - day_end_ * kMinuteMs);
}

void Desk::set_day_end(int minutes) {
  replica_->remember(kDayEndKey, to_bytes(std::to_string(minutes)));
  day_end_ = minutes;
}

std::string Desk::now() const {
  return stamp_at(clock_.wall_ms());
}

}  // namespace jiyao
