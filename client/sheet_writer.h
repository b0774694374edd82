// client/sheet_writer.h - a table written to a file a person named: CSV, or a sheet to print.
//
// The file is made beside its name (0600) and takes the name in close(), whole and durable;
// a writer that goes without close() leaves nothing. Rows are written as they come.
// What has to be known of it before anybody can have it, end() tells.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/csv_reader.h"
#include "client/work_folder.h"
#include "crypto/digest.h"
#include "schema/files.h"

namespace jiyao {

struct SheetColumn {
  enum class Kind : std::uint8_t {
    text,    ///< also numbers that name something: never changed by a spreadsheet
    number,  ///< "12" becomes a number
    date,    ///< "2026-11-22" becomes a date; so does "2026-11-22 09:30" in a stamp column
    stamp,
  };
  std::string heading;
  Kind kind = Kind::text;
  double width = 12;                      ///< in characters of a spreadsheet
  std::string hint = {};                  ///< shown beside the heading
  std::vector<std::string> choices = {};  ///< what may be chosen; empty: anything
};

struct SheetPlan {
  std::string title;  ///< of the sheet and of each printed page
  std::string mark;   ///< the level every printed page carries; empty: none
  std::vector<SheetColumn> columns;
};

class SheetWriter {
 public:
  virtual ~SheetWriter() = default;
  /// At most as many cells as there are columns, or more: those stand beyond the headings.
  virtual void put(const std::vector<std::string>& cells) = 0;
  /// No more rows: all is written, and nothing has the name yet.   returns    content(), below
  virtual Digest end() = 0;
  /// end(), if nobody called it; then the file stands under its name.
  virtual void close() = 0;
  /// Cells that were longer than a spreadsheet can hold, and were cut.
  virtual std::size_t cut_cells() const { return 0; }
};

/// errors: not_allowed, not_found (the folder)
Result<std::unique_ptr<SheetWriter>> csv_writer(Files& files, const Path& path,
                                                TextEncoding encoding, const SheetPlan& plan);
Result<std::unique_ptr<SheetWriter>> xlsx_writer(Files& files, const Path& path,
                                                 const SheetPlan& plan);

/// A file that is made in a folder of its own beside its name and takes that in one step; gone if
/// it does not.
class FileInTheMaking {
 public:
  /// errors: not_allowed, not_found (the folder)
  static Result<std::unique_ptr<FileInTheMaking>> create(Files& files, const Path& path);
  FileInTheMaking(Files& files, const Path& path);  ///< for create()

  const Path& path() const { return path_; }
  const Path& place() const { return place_; }  ///< where it is until then
  File& file() { return *file_; }
  void append(ByteView bytes);
  Digest content();  ///< file_digest() of what is there (schema/hand_over.h)
  void finish();     ///< durable under its name

 private:
  Result<void> begin();

  Files& files_;
  const Path path_;
  const WorkFolder folder_;
  const Path place_;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
};

}  // namespace jiyao
