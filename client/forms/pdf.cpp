// client/forms/pdf.cpp - Chromium, kept off the network and out of the person's own profile.
#include "client/forms/pdf.h"

#include <Poco/Environment.h>
#include <Poco/Path.h>
#include <Poco/Thread.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "client/chosen_file.h"
#include "client/held_interrupts.h"
#include "client/work_folder.h"
#include "schema/files.h"

namespace jiyao {

namespace {

namespace fs = std::filesystem;

constexpr int kWaitMs = 60'000, kEndMs = 1'000, kLookMs = 50;

std::string browser() {
  const std::string folders = Poco::Environment::get("PATH", "");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"})
    if (Poco::Path found; Poco::Path::find(folders, name, found)) return found.toString();
  return {};
}

/// Begins it in a process group of its own: what it begins goes with it, and Ctrl-C at the terminal
/// is ours to hear. What it says is not for the clerk, and what we have open not for it.   returns
/// -1: it could not be begun
pid_t begin(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), program);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_RDWR, 0);
  std::error_code ignored;
  for (const auto& open : fs::directory_iterator("/proc/self/fd", ignored))
    if (const int ours = std::stoi(open.path().filename().string()); ours > STDERR_FILENO)
      ::posix_spawn_file_actions_addclose(&files, ours);
  posix_spawnattr_t how;
  ::posix_spawnattr_init(&how);
  sigset_t none;
  sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&how, &none);
  ::posix_spawnattr_setpgroup(&how, 0);
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, program.c_str(), &files, &how, pointers.data(), ::environ);
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  return failed == 0 ? pid : -1;
}

/// Did it end by itself and well? It is not reaped yet, so that its number stays its own.
bool ends_well(pid_t pid) {
  for (int waited = 0; waited < kWaitMs && !HeldInterrupts::is_one_waiting(); waited += kLookMs) {
    siginfo_t end{};
    if (::waitid(P_PID, static_cast<id_t>(pid), &end, WEXITED | WNOHANG | WNOWAIT) != 0) break;
    if (end.si_pid == pid) return end.si_code == CLD_EXITED && end.si_status == 0;
    Poco::Thread::sleep(kLookMs);
  }
  return false;
}

/// Ends it and all it began, and waits until none of them writes into the folder any more.
void end_all(pid_t pid) {
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  for (int waited = 0; ::kill(-pid, 0) == 0 && waited < kEndMs; waited += kLookMs)
    Poco::Thread::sleep(kLookMs);
}

bool run(const std::string& program, const std::vector<std::string>& words) {
  const pid_t pid = begin(program, words);
  if (pid < 0) return false;
  const bool is_done = ends_well(pid);
  end_all(pid);
  return is_done;
}

}  // namespace

Result<void> write_pdf(Desk& desk, const std::string& html, const Path& out) {
  const std::string program = browser();
  if (program.empty()) return desk.failure(Errc::not_found, "print.no_browser");
  const WorkFolder folder(fs::absolute(out).string());  // it holds a secret page for a moment
  if (folder.path().empty()) return Error{Errc::not_allowed, out};
  const std::string page = folder.path() + "/page.html", made = folder.path() + "/page.pdf";
  replace_file(desk.env().files, page, as_bytes(html));
  const bool is_done = run(
      program, {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--no-pdf-header-footer", "--user-data-dir=" + folder.path() + "/profile",
                "--print-to-pdf=" + made, "file://" + page});
  if (HeldInterrupts::is_one_waiting()) return Error{Errc::interrupted, {}};
  if (!is_done) return desk.failure(Errc::unavailable, "print.no_pdf", {{"program", program}});
  constexpr std::size_t kPdfBytesMax = std::size_t{256} << 20U;
  const auto pdf = read_file(desk.env().files, made, kPdfBytesMax);
  if (!pdf || !std::string_view(as_text(*pdf)).starts_with("%PDF"))
    return desk.failure(Errc::unavailable, "print.no_pdf", {{"program", program}});
  return write_answer(desk, out, *pdf);
}

}  // namespace jiyao
