package org.openingminute.notification.subscription;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.web.AddressForm;
import org.springframework.stereotype.Component;

/**
 * The tokens in the links of subscription mails, signed with the keys of access tokens. A token contains its purpose, its subscriber and,
 * if it confirms, the topics and the time. Tokens are not stored and name no person.
 */
@Component
public class InterestTokens {

    private static final String OPT_IN = "interest-opt-in";
    private static final String UNSUBSCRIBE = "interest-unsubscribe";
    private static final String READER = "interest-reader";
    private static final String MAILBOX = "interest-mailbox";
    private static final String CONFIRMATION = "mailbox-confirmation";
    private static final String CONFIRMED = "unpaid-mailbox";

    private final AccessTokens tokens;

    InterestTokens(AccessTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * The subscription that a token confirms.
     *
     * @param askedAt when the mail was composed, to the second
     * @param locale the language of later mails
     */
    record OptIn(UUID subscriber, Instant askedAt, Set<Topic> topics, String locale) {}

    /** Creates a token that confirms these topics in this language for a subscriber. */
    public String optIn(UUID subscriber, Instant askedAt, Set<Topic> topics, String locale) {
        return tokens.sign(
                OPT_IN, subscriber + "_" + askedAt.getEpochSecond() + "_" + Topic.join(topics) + "_" + locale);
    }

    /** Creates a token that ends all subscriptions of a reader. */
    public String unsubscribe(UUID reader) {
        return tokens.sign(UNSUBSCRIBE, reader.toString());
    }

    /** Creates a token that proves to registration-service, until an instant, that the owner of an address reads its mails. */
    public String confirmation(String address, Instant endsAt) {
        return tokens.sign(CONFIRMATION, confirmed(address) + "_" + endsAt.getEpochSecond());
    }

    /** Returns the pseudonym under which registration-service knows a mailbox. */
    UUID confirmed(String address) {
        return tokens.pseudonym(CONFIRMED, AddressForm.unlabelled(address));
    }

    /** Returns a reader's id: always the same for an address and a conference, however often its owner leaves and returns. */
    UUID reader(String conference, String address) {
        return tokens.pseudonym(READER, conference + " " + address);
    }

    /** Returns the pseudonym that identifies a mailbox that was asked to confirm. */
    UUID mailbox(String conference, String address) {
        return tokens.pseudonym(MAILBOX, conference + " " + address);
    }

    /** Parses a confirmation token; empty if it is not ours. */
    Optional<OptIn> readOptIn(String token) {
        return tokens.read(OPT_IN, token)
                .map(text -> text.split("_", -1))
                .filter(parts -> parts.length == 4)
                .map(parts -> new OptIn(
                        UUID.fromString(parts[0]),
                        Instant.ofEpochSecond(Long.parseLong(parts[1])),
                        Topic.split(parts[2]),
                        parts[3]));
    }

    /** Parses an unsubscribe token; empty if it is not ours. */
    Optional<UUID> readUnsubscribe(@Nullable String token) {
        return Optional.ofNullable(token)
                .flatMap(given -> tokens.read(UNSUBSCRIBE, given))
                .map(UUID::fromString);
    }
}
