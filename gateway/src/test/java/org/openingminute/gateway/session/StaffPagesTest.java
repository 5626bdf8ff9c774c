package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.problem.TestPages;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class StaffPagesTest {

    private static final String WORDS = "pages/sign-in";

    private final GatewaySettings settings = TestSettings.of(GatewaySettings.Mode.REHEARSAL);
    private final StaffPages pages = new StaffPages(TestPages.of(GatewaySettings.Mode.REHEARSAL), settings);

    @ParameterizedTest
    @CsvSource({
        "en, 1, in a second.",
        "en, 2, in 2 seconds.",
        "en, 119, in 119 seconds.",
        "en, 120, in 2 minutes.",
        "en, 121, in 3 minutes.",
        "en, 900, in 15 minutes.",
        "de, 1, in einer Sekunde noch einmal.",
        "de, 45, in 45 Sekunden noch einmal.",
        "de, 900, in 15 Minuten noch einmal."
    })
    void a_page_says_how_long_to_wait(String language, int seconds, String words) {
        Problem refusal = new Problem(CommonProblem.RATE_LIMITED, "").retryAfter(Duration.ofSeconds(seconds));
        ResponseEntity<byte[]> page = pages.refusal(
                refusal,
                "sign-in",
                MockServerHttpRequest.get("/")
                        .header("Accept-Language", language)
                        .build(),
                Map.of());
        assertThat(new String(Objects.requireNonNull(page.getBody()), StandardCharsets.UTF_8))
                .contains(words);
    }

    @Test
    void both_languages_have_all_texts() {
        ResourceBundle german = ResourceBundle.getBundle(WORDS, Locale.GERMAN);
        ResourceBundle english = ResourceBundle.getBundle(
                WORDS,
                Locale.ENGLISH,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        assertThat(german.getLocale()).isEqualTo(Locale.GERMAN);
        assertThat(english.keySet())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(german.getString(key)).isNotEqualTo(english.getString(key)));
        assertThat(german.keySet()).isEqualTo(english.keySet());
    }
}
