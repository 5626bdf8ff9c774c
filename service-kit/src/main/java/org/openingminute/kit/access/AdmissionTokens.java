package org.openingminute.kit.access;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies admission tokens. The gateway, which signs, and the service that verifies share the keys of {@code WAITING_ROOM_KEYS}.
 * Nothing is stored here: the service that redeems an admission ensures that it is redeemed only once. Immutable.
 */
public final class AdmissionTokens {

    private static final String PURPOSE = "admission";
    /** Only an extended admission carries {@code given}, because the previous version does not know that field. */
    private static final Pattern TEXT = Pattern.compile(
            "(?<scope>[a-z0-9-]+):(?<room>\\d{1,18}):(?<number>\\d{1,18}):(?:(?<given>\\d{1,12}):)?(?<until>\\d{1,12}):(?<client>[bp])");

    private final AccessTokens keys;

    /** @param keys the keys of {@code WAITING_ROOM_KEYS} */
    public AdmissionTokens(AccessTokens keys) {
        this.keys = keys;
    }

    /** Signs an admission. The token contains only characters that cookies and headers allow. */
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
     * Returns the valid admission of a request.
     *
     * @param scope the scope in which the admission has to be valid
     * @param token the header {@code Admission-Token}; ignored for an admission that is bound to a cookie
     * @param cookie the admission cookie; takes precedence over the token
     * @param now the present instant; an admission is over at its end
     * @return empty if the request has none, or it is forged, over, of another scope, or presented without the cookie to which it is
     *     bound
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
