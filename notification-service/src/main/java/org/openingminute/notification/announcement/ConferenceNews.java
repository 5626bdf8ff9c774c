package org.openingminute.notification.announcement;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composing.News;
import org.openingminute.notification.heard.Money;

/**
 * The body of every {@code conference.*} event of {@code conference.events.v1}: all news of the conference so far. Instants are
 * business time.
 */
record ConferenceNews(String slug, List<Item> news) {

    ConferenceNews {
        Objects.requireNonNull(slug, "news are of a conference");
        news = news == null ? List.of() : List.copyOf(news);
    }

    /**
     * One of them.
     *
     * @param kind as it is written; another one than the two that are known here is passed over
     */
    record Item(
            String kind, Instant at, Phase phase, @Nullable Phase next, List<Price> prices) {

        Item {
            Objects.requireNonNull(kind, "news have a kind");
            Objects.requireNonNull(at, "news are told at an instant");
            Objects.requireNonNull(phase, "news are of a phase");
            prices = prices == null ? List.of() : List.copyOf(prices);
        }
    }

    /** A phase and its last second. */
    record Phase(String code, String name, Instant until) {

        Phase {
            Objects.requireNonNull(code, "a phase has a code");
            Objects.requireNonNull(name, "a phase has a name");
            Objects.requireNonNull(until, "a phase ends");
        }

        News.Phase forMails() {
            return new News.Phase(name, until);
        }
    }

    /** What one category costs. */
    record Price(String name, Money now, @Nullable Money next) {}
}
