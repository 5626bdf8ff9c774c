package org.openingminute.notification.announcement;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composition.Announcement;
import org.openingminute.notification.projection.Money;

/**
 * The body of every {@code conference.*} event of {@code conference.events.v1}: all sale notices of the conference so far.
 * Instants are business time.
 */
record SaleNotices(String slug, @JsonProperty("news") List<SaleNotice> notices) {

    SaleNotices {
        Objects.requireNonNull(slug, "sale notices belong to a conference");
        notices = notices == null ? List.of() : List.copyOf(notices);
    }

    /**
     * A sale notice.
     *
     * @param kind as written; unknown kinds are ignored
     */
    record SaleNotice(
            String kind,
            Instant at,
            NoticePhase phase,
            @Nullable NoticePhase next,
            List<NoticePrice> prices) {

        SaleNotice {
            Objects.requireNonNull(kind, "a sale notice has a kind");
            Objects.requireNonNull(at, "a sale notice has an instant");
            Objects.requireNonNull(phase, "a sale notice has a phase");
            prices = prices == null ? List.of() : List.copyOf(prices);
        }
    }

    /** A phase and its last second. */
    record NoticePhase(String code, String name, Instant until) {

        NoticePhase {
            Objects.requireNonNull(code, "a phase has a code");
            Objects.requireNonNull(name, "a phase has a name");
            Objects.requireNonNull(until, "a phase has an end");
        }

        Announcement.AnnouncedPhase forMails() {
            return new Announcement.AnnouncedPhase(name, until);
        }
    }

    /** The price of a category. */
    record NoticePrice(String name, Money now, @Nullable Money next) {}
}
