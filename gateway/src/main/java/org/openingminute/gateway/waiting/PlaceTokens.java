package org.openingminute.gateway.waiting;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.room.Place;
import org.openingminute.kit.access.AccessTokens;

/** Signs and verifies the tokens of places. Immutable. */
final class PlaceTokens {

    private static final String PURPOSE = "place";
    private static final Pattern TEXT =
            Pattern.compile("(?<conference>[a-z0-9-]+):(?<room>\\d{1,18}):(?<number>\\d{1,18})"
                    + ":(?<came>\\d{1,12}):(?<seen>\\d{1,12}):(?<state>[aw]):(?<estimated>\\d{0,9}):(?<client>[bp])");

    private final AccessTokens keys;

    PlaceTokens(AccessTokens keys) {
        this.keys = keys;
    }

    String sign(Place place) {
        return keys.sign(
                PURPOSE,
                String.join(
                        ":",
                        place.conference(),
                        Long.toString(place.room()),
                        Long.toString(place.number()),
                        Long.toString(place.visit().came()),
                        Long.toString(place.visit().seen()),
                        place.visit().isAdmitted() ? "a" : "w",
                        place.estimated() == null ? "" : place.estimated().toString(),
                        place.inBrowser() ? "b" : "p"));
    }

    /**
     * The place of a request. The cookie takes precedence over the token. If a place is bound to a cookie, the token alone is not accepted,
     * so that copying the token is useless.
     *
     * @param conference the conference in question; the caller compares the room's id
     * @return empty if there is none, or if it is forged, of another conference, or presented without the cookie to which it is bound
     */
    Optional<Place> read(String conference, @Nullable String token, @Nullable String cookie) {
        return read(cookie)
                .filter(Place::inBrowser)
                .or(() -> read(token).filter(place -> !place.inBrowser()))
                .filter(place -> place.conference().equals(conference));
    }

    private Optional<Place> read(@Nullable String token) {
        return Optional.ofNullable(token)
                .flatMap(signed -> keys.read(PURPOSE, signed))
                .map(TEXT::matcher)
                .filter(Matcher::matches)
                .map(PlaceTokens::parsed);
    }

    private static Place parsed(Matcher text) {
        String estimated = text.group("estimated");
        return new Place(
                text.group("conference"),
                Long.parseLong(text.group("room")),
                Long.parseLong(text.group("number")),
                new Place.Visit(
                        Long.parseLong(text.group("came")),
                        Long.parseLong(text.group("seen")),
                        text.group("state").equals("a")),
                estimated.isEmpty() ? null : Long.valueOf(estimated),
                text.group("client").equals("b"));
    }
}
