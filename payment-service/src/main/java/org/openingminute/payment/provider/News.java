package org.openingminute.payment.provider;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.payment.Act;

/**
 * What a provider tells of one registration's money.
 *
 * @param acts oldest first; each is recognised when it is told again
 */
public record News(UUID registration, List<Act> acts) {

    public News {
        acts = List.copyOf(acts);
    }

    /**
     * Some of what a provider tells, what happened first being first.
     *
     * @param next from when to ask for the rest, later than it was asked from; {@code null} where this is all
     */
    public record Page(List<News> news, @Nullable Instant next) {

        public Page {
            news = List.copyOf(news);
        }
    }

    /** When the last of it happened, of what happens to money that was captured before. */
    public Optional<Instant> sinceCapture() {
        return acts.stream().flatMap(News::afterCapture).max(Instant::compareTo);
    }

    private static Stream<Instant> afterCapture(Act act) {
        return switch (act) {
            case Act.DisputeOpened opened -> Stream.of(opened.at());
            case Act.DisputeEnded ended -> Stream.of(ended.at());
            case Act.RefundFailed failed -> Stream.of(failed.at());
            default -> Stream.empty();
        };
    }
}
