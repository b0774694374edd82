// client/forms/pdf.cpp - Chromium, kept off the network and out of the person's own profile.
#include "client/forms/pdf.h"

#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/Path.h>
#include <Poco/Pipe.h>
#include <Poco/Process.h>
#include <Poco/Thread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "client/chosen_file.h"
#include "client/work_folder.h"
#include "schema/files.h"

namespace jiyao {

namespace {

namespace fs = std::filesystem;

constexpr int kWaitMs = 60'000, kLookMs = 50;

std::string browser() {
  const std::string folders = Poco::Environment::get("PATH", "");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"})
    if (Poco::Path found; Poco::Path::find(folders, name, found)) return found.toString();
  return {};
}

/// Did it end by itself and well?
bool run(const std::string& program, const Poco::Process::Args& arguments) {
  Poco::Pipe silent;  // what it says is not for the clerk
  Poco::ProcessHandle process =
      Poco::Process::launch(program, arguments, nullptr, &silent, &silent);
  silent.close(Poco::Pipe::CLOSE_READ);
  for (int waited = 0; waited < kWaitMs; waited += kLookMs) {
    if (const int code = process.tryWait(); code >= 0) return code == 0;
    Poco::Thread::sleep(kLookMs);
  }
  Poco::Process::kill(process);
  process.wait();
  return false;
}

}  // namespace

Result<void> write_pdf(Desk& desk, const std::string& html, const Path& out) {
  const std::string program = browser();
  if (program.empty()) return desk.failure(Errc::not_found, "print.no_browser");
  const WorkFolder folder(fs::absolute(out).string());  // it holds a secret page for a moment
  if (folder.path().empty()) return Error{Errc::not_allowed, out};
  const std::string page = folder.path() + "/page.html", made = folder.path() + "/page.pdf";
  replace_file(desk.env().files, page, as_bytes(html));
  try {
    const bool is_done = run(
        program, {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                  "--no-pdf-header-footer", "--user-data-dir=" + folder.path() + "/profile",
                  "--print-to-pdf=" + made, "file://" + page});
    if (!is_done) return desk.failure(Errc::unavailable, "print.no_pdf", {{"program", program}});
  } catch (const Poco::Exception&) {
    return desk.failure(Errc::unavailable, "print.no_pdf", {{"program", program}});
  }
  constexpr std::size_t kPdfBytesMax = std::size_t{256} << 20U;
  const auto pdf = read_file(desk.env().files, made, kPdfBytesMax);
  if (!pdf || !std::string_view(as_text(*pdf)).starts_with("%PDF"))
    return desk.failure(Errc::unavailable, "print.no_pdf", {{"program", program}});
  return write_answer(desk, out, *pdf);
}

}  // namespace jiyao
