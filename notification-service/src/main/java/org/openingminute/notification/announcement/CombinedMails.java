package org.openingminute.notification.announcement;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.notification.announcement.AnnouncementMails.AnnouncementMail;
import org.openingminute.notification.composition.Announcement;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Builds the content of the combined mail about several unpaid registrations of an address, whose own mails would exceed the mailbox's
 * limit.
 */
@Repository
public class CombinedMails {

    /** The most registrations that a mail lists. */
    private static final int SHOWN = 50;

    private final JdbcClient jdbc;
    private final ProjectionRepository projections;
    private final AccessTokens tokens;

    CombinedMails(JdbcClient jdbc, ProjectionRepository projections, AccessTokens tokens) {
        this.jdbc = jdbc;
        this.projections = projections;
        this.tokens = tokens;
    }

    /** A listed registration, the mail's recipient, and the number of all registrations of the mail. */
    private record Part(UUID registrationId, String recipient, int ofAll) {}

    /**
     * Returns the content of a mail; empty if all its registrations are paid or gone. The list shows current states: the newest
     * registrations first, and ended ones last, because strangers can add any number of registrations.
     */
    public Optional<AnnouncementMail> find(UUID mail) {
        // Only registrations whose contact has exactly the mail's address, because the links open registrations.
        // "Unpaid" as in RegistrationSnapshot.
        List<Part> parts = jdbc.sql("""
                with part as (
                    select mail_part.registration_id, recipient, projection.state::json as state
                      from mail
                      join mail_part on mail_part.mail_id = mail.id
                      join projection on projection.id = mail_part.registration_id
                     where mail.id = :mail)
                select registration_id, recipient, count(*) over () as of_all
                  from part
                 where lower(state #>> '{contact,email}') = lower(recipient)
                   and coalesce((state #>> '{captured,amount}')::bigint, 0) = 0
                   and not (state ->> 'status' = 'confirmed' and (state #>> '{total,amount}')::bigint > 0)
                 order by state ->> 'status' in ('expired', 'cancelled'), registration_id desc
                 limit :shown
                """)
                .param("mail", mail)
                .param("shown", SHOWN)
                .query((row, _) -> new Part(
                        row.getObject("registration_id", UUID.class), row.getString("recipient"), row.getInt("of_all")))
                .list();
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        Map<UUID, StoredProjection> stored =
                projections.read(parts.stream().map(Part::registrationId).toList());
        List<RegistrationSnapshot> unpaid = parts.stream()
                .map(part -> requireNonNull(stored.get(part.registrationId()), "each has an entry"))
                .map(one -> one.states().registration())
                .filter(Objects::nonNull)
                .filter(RegistrationSnapshot::isUnpaid)
                .toList();
        Map<String, Optional<Conference>> conferences = unpaid.stream()
                .map(RegistrationSnapshot::conference)
                .distinct()
                .collect(Collectors.toMap(Function.identity(), projections::findConference));
        List<Announcement.UnpaidRegistration> of = unpaid.stream()
                .flatMap(one -> requireNonNull(conferences.get(one.conference())).stream()
                        .map(conference -> new Announcement.UnpaidRegistration(
                                conference, one.reference(), one.status(), one.holdExpiresAt(), token(one))))
                .toList();
        return of.isEmpty()
                ? Optional.empty()
                : Optional.of(new AnnouncementMail(
                        parts.getFirst().recipient(),
                        unpaid.getFirst().conference(),
                        new Announcement.SeveralUnpaid(of, parts.getFirst().ofAll() - parts.size()),
                        new Announcement.Reader(unpaid.getFirst().contact().locale(), null, null)));
    }

    private String token(RegistrationSnapshot registration) {
        AccessToken contact =
                AccessToken.ofContact(registration.id(), Math.toIntExact(registration.contactGeneration()));
        return tokens.sign(registration.isToBeOpened() ? contact.toBeDelivered() : contact);
    }
}
