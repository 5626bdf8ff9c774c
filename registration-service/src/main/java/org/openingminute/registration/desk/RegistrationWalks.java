package org.openingminute.registration.desk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.DeskRegistrations.Row;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Iterates over registrations in the order of their creation, page by page. Each page is one short statement on the desk's pool; no
 * connection or transaction is held between two pages. An empty page marks the end.
 */
@Component
public class RegistrationWalks {

    private static final int PAGE = 500;
    /** Rows of the index for each search, several pages at once, because each search starts anew. */
    private static final int ROWS = 10_000;

    private static final UUID FIRST = new UUID(0, 0);

    private final JdbcClient desk;
    private final DeskRegistrations registrations;

    RegistrationWalks(@Qualifier("desk") JdbcClient desk, DeskRegistrations registrations) {
        this.desk = desk;
        this.registrations = registrations;
    }

    /** Iterates over all registrations of a conference, read from the table of registrations and not from the index. */
    public Supplier<List<Registration>> all(String conference) {
        return new All(conference);
    }

    /**
     * Iterates over the registrations of a conference that a filter selects; the filter's order and position are ignored. The walk uses the
     * index unless the filter selects all registrations. If the search text is a complete id or reference, the result is that registration
     * alone.
     */
    public Supplier<List<Registration>> chosen(String conference, RegistrationFilter filter) {
        if (filter.words() == null && filter.from() == null && filter.to() == null) {
            return all(conference);
        }
        Optional<Registration> exact = registrations.exact(conference, filter.typed());
        return exact.<Supplier<List<Registration>>>map(One::new)
                .orElseGet(() -> new Chosen(conference, filter.beginning(RegistrationFilter.Sort.OLDEST, ROWS)));
    }

    private static final class One implements Supplier<List<Registration>> {

        private List<Registration> left;

        One(Registration one) {
            left = List.of(one);
        }

        @Override
        public List<Registration> get() {
            List<Registration> page = left;
            left = List.of();
            return page;
        }
    }

    /** Walks by number. Registrations of the first versions have no number and come first. */
    private final class All implements Supplier<List<Registration>> {

        private final String conference;
        private boolean numbered;
        private UUID id = FIRST;
        private int number = Integer.MIN_VALUE;

        All(String conference) {
            this.conference = conference;
        }

        @Override
        public List<Registration> get() {
            if (!numbered) {
                List<Registration> page = page("number is null and id > :after", "id", id);
                if (!page.isEmpty()) {
                    id = page.getLast().id();
                    return page;
                }
                numbered = true;
            }
            return page("number > :after", "number", number);
        }

        private List<Registration> page(String condition, String order, Object after) {
            return desk.sql("select number, document from registration where conference = :conference and " + condition
                            + " order by " + order + " limit :limit")
                    .param("conference", conference)
                    .param("after", after)
                    .param("limit", PAGE)
                    .query((row, _) -> {
                        number = row.getObject("number") == null ? number : row.getInt("number");
                        return Documents.registration(row.getString("document"));
                    })
                    .list();
        }
    }

    private final class Chosen implements Supplier<List<Registration>> {

        private final String conference;
        private RegistrationFilter filter;
        private List<Row> rows = List.of();
        private boolean ended;

        Chosen(String conference, RegistrationFilter filter) {
            this.conference = conference;
            this.filter = filter;
        }

        /** Skips rows of the index whose registration no longer exists: they make a page shorter, but only the last page is empty. */
        @Override
        public List<Registration> get() {
            List<Registration> page = List.of();
            while (page.isEmpty() && hasRows()) {
                List<UUID> ids = rows.stream().limit(PAGE).map(Row::id).toList();
                rows = rows.subList(ids.size(), rows.size());
                page = read(ids);
            }
            return page;
        }

        private boolean hasRows() {
            if (rows.isEmpty() && !ended) {
                // One row beyond the limit tells that more rows follow.
                List<Row> found = registrations.rows(conference, filter);
                ended = found.size() <= filter.limit();
                rows = ended ? found : found.subList(0, filter.limit());
                filter = rows.isEmpty() ? filter : filter.after(rows.getLast().position());
            }
            return !rows.isEmpty();
        }

        private List<Registration> read(List<UUID> ids) {
            Map<UUID, Registration> found = registrations.registrations(ids);
            List<Registration> page = new ArrayList<>();
            ids.forEach(id -> Optional.ofNullable(found.get(id)).ifPresent(page::add));
            return page;
        }
    }
}
