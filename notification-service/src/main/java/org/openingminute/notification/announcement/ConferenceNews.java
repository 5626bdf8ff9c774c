package org.openingminute.notification.announcement;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composition.Announcement;
import org.openingminute.notification.projection.Money;

/**
 * The body of every {@code conference.*} event of {@code conference.events.v1}: all news of the conference so far. Instants are
 * business time.
 */
record ConferenceNews(String slug, List<NewsItem> news) {

    ConferenceNews {
        Objects.requireNonNull(slug, "news are of a conference");
        news = news == null ? List.of() : List.copyOf(news);
    }

    /**
     * One of them.
     *
     * @param kind as it is written; another one than the two that are known here is passed over
     */
    record NewsItem(
            String kind,
            Instant at,
            NewsPhase phase,
            @Nullable NewsPhase next,
            List<NewsPrice> prices) {

        NewsItem {
            Objects.requireNonNull(kind, "news have a kind");
            Objects.requireNonNull(at, "news are told at an instant");
            Objects.requireNonNull(phase, "news are of a phase");
            prices = prices == null ? List.of() : List.copyOf(prices);
        }
    }

    /** A phase and its last second. */
    record NewsPhase(String code, String name, Instant until) {

        NewsPhase {
            Objects.requireNonNull(code, "a phase has a code");
            Objects.requireNonNull(name, "a phase has a name");
            Objects.requireNonNull(until, "a phase ends");
        }

        Announcement.Phase forMails() {
            return new Announcement.Phase(name, until);
        }
    }

    /** What one category costs. */
    record NewsPrice(String name, Money now, @Nullable Money next) {}
}
