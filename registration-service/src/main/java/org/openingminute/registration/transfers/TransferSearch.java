package org.openingminute.registration.transfers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.TransferWords;
import org.openingminute.registration.desk.TransferWords.TransferQuery;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds the registrations of bank transfers with two statements, whatever the number of transfers. Registrations are read in their current
 * state; the desk's index only finds those whose reference the transfer does not contain.
 */
@Repository
class TransferSearch {

    /** For each transfer, by amount and name; a longer list would not help a person to choose. */
    private static final int MOST_CANDIDATES = 6;

    private final JdbcClient desk;

    TransferSearch(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /** Returns the matches of each transfer, in the same order. */
    List<Matched> match(Conference conference, List<BankTransfer> transfers) {
        List<Set<Integer>> numbers = transfers.stream()
                .map(transfer -> numbers(conference, transfer))
                .toList();
        Map<Integer, Set<UUID>> indexed = indexed(conference.slug(), transfers);
        Map<Object, Registration> found = registrations(conference.slug(), numbers, indexed);
        List<Matched> matched = new ArrayList<>();
        for (int i = 0; i < transfers.size(); i++) {
            Set<Object> keys = new LinkedHashSet<>(numbers.get(i));
            keys.addAll(indexed.getOrDefault(i, Set.of()));
            Map<UUID, Registration> own = new LinkedHashMap<>();
            keys.stream().filter(found::containsKey).map(found::get).forEach(one -> own.put(one.id(), one));
            matched.add(TransferMatcher.match(transfers.get(i), own.values()));
        }
        return matched;
    }

    /**
     * Returns the numbers of the references in the transfer that have the conference's prefix. A separate reference field may have an
     * earlier prefix.
     */
    private static Set<Integer> numbers(Conference conference, BankTransfer transfer) {
        Definition definition = conference.definition();
        int salt = conference.slug().hashCode();
        Set<Integer> numbers = new LinkedHashSet<>(ReferenceCodes.numbersIn(
                transfer.words(),
                ReferenceCodes.prefix(definition.name(), definition.startsOn().getYear()),
                salt));
        if (transfer.reference() != null) {
            ReferenceCodes.number(transfer.reference(), salt).ifPresent(numbers::add);
        }
        return numbers;
    }

    /** Returns the ids that the index finds, by the index of the transfer in the list. */
    private Map<Integer, Set<UUID>> indexed(String conference, List<BankTransfer> transfers) {
        List<TransferQuery> queries = transfers.stream()
                .map(transfer -> TransferWords.query(transfer.identity(), transfer.amount(), transfer.words()))
                .toList();
        Map<Integer, Set<UUID>> ids = new HashMap<>();
        // The inner "offset 0" makes PostgreSQL look up the words first, whatever row count it estimates. Registrations
        // for which the transfer was marked come first: if the limit cut them off, the transfer would be offered again.
        desk.sql("""
                select q.place, d.id
                  from unnest(:queries::text[], :marks::text[]) with ordinality as q (query, mark, place)
                 cross join lateral (select id
                                       from (select id, conference, words from desk_registration
                                              where words @@ q.query::tsquery offset 0) as with_words
                                      where conference = :conference
                                      order by words @@ q.mark::tsquery desc, id
                                      limit :most) as d
                 where q.query <> ''
                """)
                .param("queries", queries.stream().map(TransferQuery::any).toArray(String[]::new))
                .param("marks", queries.stream().map(TransferQuery::mark).toArray(String[]::new))
                .param("conference", conference)
                .param("most", MOST_CANDIDATES)
                .query(row -> {
                    ids.computeIfAbsent(row.getInt("place") - 1, _ -> new LinkedHashSet<>())
                            .add(row.getObject("id", UUID.class));
                });
        return ids;
    }

    /** Returns a conference's registrations with these ids. */
    Map<UUID, Registration> registrations(String conference, Set<UUID> ids) {
        Map<UUID, Registration> found = new HashMap<>();
        read(conference, Set.of(), ids).values().forEach(one -> found.put(one.id(), one));
        return found;
    }

    /** Returns the registrations, each by its number and by its id. */
    private Map<Object, Registration> registrations(
            String conference, List<Set<Integer>> numbers, Map<Integer, Set<UUID>> indexed) {
        Set<Integer> allNumbers = new HashSet<>();
        numbers.forEach(allNumbers::addAll);
        Set<UUID> allIds = new HashSet<>();
        indexed.values().forEach(allIds::addAll);
        return read(conference, allNumbers, allIds);
    }

    private Map<Object, Registration> read(String conference, Set<Integer> numbers, Set<UUID> ids) {
        Map<Object, Registration> found = new HashMap<>();
        desk.sql("""
                select number, document from registration
                 where conference = :conference and (number = any(:numbers) or id = any(:ids))
                """)
                .param("conference", conference)
                .param("numbers", numbers.toArray(Integer[]::new))
                .param("ids", ids.toArray(UUID[]::new))
                .query(row -> {
                    Registration registration = Documents.registration(row.getString("document"));
                    found.put(registration.id(), registration);
                    found.put(row.getObject("number", Integer.class), registration);
                });
        return found;
    }
}
