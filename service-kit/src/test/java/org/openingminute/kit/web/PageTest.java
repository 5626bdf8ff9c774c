package org.openingminute.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | true",
                "text/html | true",
                "application/json | false",
                "*/* | false",
                "application/json,text/html;q=0.5 | false",
                "text/html;q=0.2,application/json;q=0.1 | true",
                "text/html;q=0 | false",
                "text/html,,;; | false",
                "nonsense | false"
            })
    void a_page_is_for_those_who_prefer_html(String accept, boolean page) {
        assertThat(Page.wantedBy(accept)).isEqualTo(page);
    }
}
