jiyao_test(test_ledgers
  SOURCES
    unit/schema/dates_test.cpp
    unit/schema/definition_test.cpp
    unit/schema/number_key_test.cpp
    unit/schema/list_terms_test.cpp
    unit/schema/pinyin_test.cpp
    unit/schema/working_days_test.cpp
  USES jiyao::schema)
jiyao_test(test_merge
  SOURCES
    property/merge_property_test.cpp
    unit/sync/check_test.cpp
    unit/sync/merge_state_test.cpp
    unit/sync/merge_test.cpp
    unit/sync/working_days_rule_test.cpp
  USES jiyao::sync ${RAPIDCHECK})
set_tests_properties(test_merge PROPERTIES ENVIRONMENT "RC_PARAMS=seed=20261122 max_success=1000")
