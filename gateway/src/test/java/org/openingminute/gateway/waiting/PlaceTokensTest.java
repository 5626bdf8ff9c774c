package org.openingminute.gateway.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.room.Place;
import org.openingminute.kit.access.AccessTokens;

class PlaceTokensTest {

    private static final String KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private static final String NEWER = "k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private static final Place OF_A_PROGRAM = place(41_207, false, 1320L);
    private static final Place OF_A_BROWSER = place(7, true, null);

    private final PlaceTokens tokens = tokens(KEY);

    @Test
    void place_is_read_as_it_was_signed() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(OF_A_PROGRAM), null)).contains(OF_A_PROGRAM);
        assertThat(tokens.read("mlsys-2026", null, tokens.sign(OF_A_BROWSER))).contains(OF_A_BROWSER);
        Place atTheEnd = place(999_999_999_999_999_999L, false, 999_999_999L);
        assertThat(tokens.read("mlsys-2026", tokens.sign(atTheEnd), null)).contains(atTheEnd);
    }

    @Test
    void token_of_a_browser_is_worth_nothing_in_another_client() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(OF_A_BROWSER), null)).isEmpty();
    }

    @Test
    void cookie_counts_before_a_token() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(OF_A_PROGRAM), tokens.sign(OF_A_BROWSER)))
                .contains(OF_A_BROWSER);
        assertThat(tokens.read("mlsys-2026", tokens.sign(OF_A_PROGRAM), "broken"))
                .contains(OF_A_PROGRAM);
    }

    @Test
    void place_is_good_for_its_conference_alone() {
        assertThat(tokens.read("mlsys-2027", tokens.sign(OF_A_PROGRAM), null)).isEmpty();
    }

    @Test
    void number_cannot_be_forged() {
        String token = tokens.sign(OF_A_PROGRAM);
        assertThat(token).contains(":41207:");
        assertThat(tokens.read("mlsys-2026", token.replace(":41207:", ":1:"), null))
                .isEmpty();
        assertThat(tokens(NEWER).read("mlsys-2026", token, null)).isEmpty();
    }

    @Test
    void places_outlive_a_change_of_keys() {
        assertThat(tokens(NEWER + "," + KEY).read("mlsys-2026", tokens.sign(OF_A_PROGRAM), null))
                .contains(OF_A_PROGRAM);
    }

    private static Place place(long number, boolean inBrowser, @Nullable Long estimated) {
        Place.Visit visit = new Place.Visit(1_770_051_600, 1_770_051_720, inBrowser);
        return new Place("mlsys-2026", 2, number, visit, estimated, inBrowser);
    }

    private static PlaceTokens tokens(String keys) {
        return new PlaceTokens(AccessTokens.of("WAITING_ROOM_KEYS", keys));
    }
}
