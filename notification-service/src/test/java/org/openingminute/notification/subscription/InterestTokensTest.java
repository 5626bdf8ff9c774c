package org.openingminute.notification.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessTokens;

/** Proves that tokens of subscriptions can be read but not forged or exchanged, without Spring. */
class InterestTokensTest {

    private final InterestTokens tokens =
            new InterestTokens(AccessTokens.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
    private final UUID subscriber = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");
    private final Instant asked = Instant.parse("2026-02-02T17:00:00Z");

    @Test
    void a_token_says_what_was_asked_by_whom_and_when() {
        String token = tokens.optIn(subscriber, asked, EnumSet.of(Topic.KEYNOTES, Topic.REGISTRATION), "de");
        assertThat(tokens.readOptIn(token))
                .hasValue(new InterestTokens.OptIn(
                        subscriber, asked, EnumSet.of(Topic.REGISTRATION, Topic.KEYNOTES), "de"));
        assertThat(tokens.readUnsubscribe(tokens.unsubscribe(subscriber))).hasValue(subscriber);
        assertThat(token).matches("[A-Za-z0-9._,-]+");
    }

    @Test
    void tokens_are_not_interchangeable_or_forgeable() {
        String token = tokens.optIn(subscriber, asked, EnumSet.of(Topic.REGISTRATION), "en");
        assertThat(tokens.readUnsubscribe(token)).isEmpty();
        assertThat(tokens.readOptIn(tokens.unsubscribe(subscriber))).isEmpty();
        assertThat(tokens.readOptIn(token.replace("registration", "registration,program")))
                .isEmpty();
        assertThat(tokens.readOptIn(token.replace("_" + asked.getEpochSecond(), "_" + (asked.getEpochSecond() + 1))))
                .isEmpty();
        assertThat(tokens.readOptIn(token.replace("_en", "_de"))).isEmpty();
        assertThat(tokens.readUnsubscribe(null)).isEmpty();
        assertThat(tokens.readUnsubscribe("k1.' or 1=1 --.x")).isEmpty();
    }

    @Test
    void a_reader_is_the_same_for_the_same_address_though_a_newer_key_signs() {
        InterestTokens later = new InterestTokens(AccessTokens.of(
                "k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
        UUID reader = tokens.reader("mlsys-2026", "ada@example.org");
        assertThat(later.reader("mlsys-2026", "ada@example.org")).isEqualTo(reader);
        assertThat(later.readUnsubscribe(tokens.unsubscribe(reader))).hasValue(reader);
        assertThat(reader.version()).isEqualTo(8);
        assertThat(reader.variant()).isEqualTo(2);
        assertThat(reader)
                .isNotEqualTo(tokens.reader("mlsys-2027", "ada@example.org"))
                .isNotEqualTo(tokens.reader("mlsys-2026", "eve@example.org"))
                .isNotEqualTo(tokens.mailbox("mlsys-2026", "ada@example.org"))
                .isNotEqualTo(new InterestTokens(AccessTokens.of("k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"))
                        .reader("mlsys-2026", "ada@example.org"));
    }
}
