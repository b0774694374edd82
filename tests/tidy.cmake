jiyao_test(test_tidy SOURCES tidy/catalogue_test.cpp tidy/tidy_test.cpp USES jiyao_hardening)
