// client/archive_metadata.h - a filed item as an archive reads it: catalogue line and metadata.
//
// Element names are those of DA/T 46-2009 (文书类电子文件元数据方案) and GB/T 33480-2016
// (党政机关电子公文元数据规范); the catalogue has the columns of DA/T 22-2015. docs/archive.md has
// the table of what comes from where.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/forms/row_text.h"

namespace jiyao {

using Element = std::pair<std::string, std::string>;  ///< name, value as recorded
struct ElementGroup {
  std::string name;
  std::vector<Element> elements;  ///< those without a value too
};

/// What was done to the item: for authenticity (who, when, on what ground).
struct ArchiveStep {
  std::string what, who, when, ground;
};

struct ArchiveItem {
  std::string code;                    ///< 档号
  std::vector<std::string> catalogue;  ///< as catalogue_columns()
  std::vector<ElementGroup> metadata;  ///< the same groups and elements for every item
  std::vector<ArchiveStep> steps;      ///< oldest first
  Level level = Level::public_;
};

/// 序号, 档号, 文号, 责任者, 题名, 日期, 密级, 页数, 备注
std::vector<std::string> catalogue_columns();

/// What only the person who hands over knows.
struct ArchiveSource {
  std::string archive_name, archive_code;  ///< 档案馆名称, 档案馆代码; may be empty
  std::string fonds_name;                  ///< 全宗名称
  std::string office_name;                 ///< 立档单位名称
};

/// `missing` takes the names of elements an archive cannot do without and that are not filled in.
ArchiveItem archive_item(const RowText& text, const Replica& replica, const View& entry,
                         const ArchiveSource& source, std::size_t line,
                         std::vector<std::string>& missing);

}  // namespace jiyao
