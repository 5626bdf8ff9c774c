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
 * Goes through registrations in the order in which they were made, a page at a time: each is a short statement on the desk's pool, and
 * between two pages nothing is held. A page that is empty is the end.
 */
@Component
public class RegistrationWalks {

    private static final int PAGE = 500;
    /** Of the index: what was searched for is searched for again for each page. */
    private static final int ROWS = 10_000;

    private static final UUID FIRST = new UUID(0, 0);

    private final JdbcClient desk;
    private final DeskRegistrations registrations;

    RegistrationWalks(@Qualifier("desk") JdbcClient desk, DeskRegistrations registrations) {
        this.desk = desk;
        this.registrations = registrations;
    }

    /** Through all of a conference, read from the registrations themselves. */
    public Supplier<List<Registration>> all(String conference) {
        return new All(conference);
    }

    /**
     * Through those of a conference that a filter chooses, in whatever order and from wherever on it says; by the index, unless all are
     * chosen. What was typed may be one's id or reference: then it is that one.
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

    /** By number, which those of the first versions do not have: they come first. */
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

        /** A row of the index whose registration is not there makes a page shorter, and no page empty but the last. */
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
                // One more than was asked for is there to say that there are more.
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
