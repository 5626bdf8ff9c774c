package org.openingminute.kit.access;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signs and reads admissions. Who signs and who checks share the keys of {@code WAITING_ROOM_KEYS}, and nothing is stored: that an
 * admission is used once is for the one who takes it to see. Immutable.
 */
public final class AdmissionTokens {

    private static final String PURPOSE = "admission";
    /** When it was given stands in one that was made longer alone: the version before knows no other. */
    private static final Pattern TEXT = Pattern.compile(
            "(?<scope>[a-z0-9-]+):(?<room>\\d{1,18}):(?<number>\\d{1,18}):(?:(?<given>\\d{1,12}):)?(?<until>\\d{1,12}):(?<client>[bp])");

    private final AccessTokens keys;

    /**
     * Tokens by these keys.
     *
     * @param keys those of {@code WAITING_ROOM_KEYS}
     */
    public AdmissionTokens(AccessTokens keys) {
        this.keys = keys;
    }

    /** The token of an admission. It has no character that a cookie or a header would not take. */
    public String sign(Admission admission) {
        String until = Long.toString(admission.until().getEpochSecond());
        return keys.sign(
                PURPOSE,
                String.join(
                        ":",
                        admission.scope(),
                        Long.toString(admission.room()),
                        Long.toString(admission.number()),
                        admission.isExtended() ? admission.given().getEpochSecond() + ":" + until : until,
                        admission.inBrowser() ? "b" : "p"));
    }

    /**
     * The admission that a request bears.
     *
     * @param scope what it has to be good for
     * @param token from the header {@code Admission-Token}; does not count for an admission that is also a cookie
     * @param cookie counts before the token
     * @param now an admission that ended at this instant is not returned
     * @return empty if there is none, or it is forged, of another scope, over or torn from its browser
     */
    public Optional<Admission> read(String scope, @Nullable String token, @Nullable String cookie, Instant now) {
        return read(cookie)
                .filter(Admission::inBrowser)
                .or(() -> read(token).filter(admission -> !admission.inBrowser()))
                .filter(admission -> admission.scope().equals(scope))
                .filter(admission -> now.isBefore(admission.until()));
    }

    private Optional<Admission> read(@Nullable String token) {
        return Optional.ofNullable(token)
                .flatMap(signed -> keys.read(PURPOSE, signed))
                .map(TEXT::matcher)
                .filter(Matcher::matches)
                .map(AdmissionTokens::admission);
    }

    private static Admission admission(Matcher text) {
        Admission fresh = new Admission(
                text.group("scope"),
                Long.parseLong(text.group("room")),
                Long.parseLong(text.group("number")),
                Instant.ofEpochSecond(Long.parseLong(text.group("until"))),
                text.group("client").equals("b"));
        String given = text.group("given");
        return given == null ? fresh : fresh.givenAt(Instant.ofEpochSecond(Long.parseLong(given)));
    }
}
