package org.openingminute.notification.interest;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.caller.AccessTokens;
import org.springframework.stereotype.Component;

/**
 * The tokens in the links of these mails, signed with the keys of the access tokens. One says what it is good for, for whom,
 * and, where it confirms, what was asked and when; nothing is stored, and nothing in it names a person. Safe for all threads.
 */
@Component
public class InterestTokens {

    private static final String OPT_IN = "interest-opt-in";
    private static final String UNSUBSCRIBE = "interest-unsubscribe";

    private final AccessTokens tokens;

    InterestTokens(AccessTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * What somebody confirms.
     *
     * @param askedAt to the second
     */
    record OptIn(UUID subscriber, Instant askedAt, Set<Topic> topics) {}

    /** Confirms that a subscriber asked for these topics then. */
    public String optIn(UUID subscriber, Instant askedAt, Set<Topic> topics) {
        return tokens.sign(OPT_IN, subscriber + "_" + askedAt.getEpochSecond() + "_" + Topic.join(topics));
    }

    /** Ends all that a subscriber is told. */
    public String unsubscribe(UUID subscriber) {
        return tokens.sign(UNSUBSCRIBE, subscriber.toString());
    }

    /** What a token confirms; empty if it is not one of ours. */
    Optional<OptIn> readOptIn(String token) {
        return tokens.verify(OPT_IN, token).map(text -> {
            String[] parts = text.split("_", -1);
            return new OptIn(
                    UUID.fromString(parts[0]), Instant.ofEpochSecond(Long.parseLong(parts[1])), Topic.split(parts[2]));
        });
    }

    /** Whom a token unsubscribes; empty if it is not one of ours. */
    Optional<UUID> readUnsubscribe(@Nullable String token) {
        return Optional.ofNullable(token)
                .flatMap(given -> tokens.verify(UNSUBSCRIBE, given))
                .map(UUID::fromString);
    }
}
