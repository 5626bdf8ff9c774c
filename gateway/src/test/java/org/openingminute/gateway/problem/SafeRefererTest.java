package org.openingminute.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

class SafeRefererTest {

    @ParameterizedTest
    @CsvSource({
        "register.example.org, https://register.example.org/conferences/a/register?step=2, /conferences/a/register?step=2",
        "register.example.org:443, https://register.example.org/registrations/0198, /registrations/0198",
        "localhost:8080, http://localhost:8080/, /",
        "localhost:8080, http://localhost:8080, /",
        "localhost:8080, http://localhost:9090/other, /",
        "register.example.org, https://evil.example.org/conferences, /",
        "register.example.org, https://register.example.org//evil.example.org/, /",
        "register.example.org, https://register.example.org@evil.example.org/conferences, /",
        "register.example.org, javascript:alert(1), /",
        "register.example.org, /conferences, /",
        "register.example.org, no address at all, /",
        "register.example.org, , /"
    })
    void the_way_back_stays_on_this_site(String host, String referrer, String path) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Host", host);
        if (referrer != null) {
            headers.set("Referer", referrer);
        }

        assertThat(SafeReferer.path(headers)).isEqualTo(path);
    }
}
