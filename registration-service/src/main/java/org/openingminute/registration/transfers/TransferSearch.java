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
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds registrations for bank transfers: two statements, however many transfers there are. Registrations are read as they are now; only
 * those that no reference names are found by the desk's index.
 */
@Repository
class TransferSearch {

    /** Of one transfer by amount and name: more help nobody to choose. */
    private static final int MOST_CANDIDATES = 6;

    private final JdbcClient desk;

    TransferSearch(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /** What each transfer may be for, in the same order. */
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

    /** Those of references with the conference's prefix; a reference that is a field of its own may have a former one. */
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

    /** The ids that the index has, by the transfer's place. */
    private Map<Integer, Set<UUID>> indexed(String conference, List<BankTransfer> transfers) {
        String[] queries = transfers.stream()
                .map(transfer -> TransferWords.query(transfer.identity(), transfer.amount(), transfer.words())
                        .orElse(""))
                .toArray(String[]::new);
        Map<Integer, Set<UUID>> ids = new HashMap<>();
        // The words are looked up first, however few rows the planner expects to need.
        desk.sql("""
                select q.place, d.id
                  from unnest(:queries::text[]) with ordinality as q (query, place)
                 cross join lateral (select id
                                       from (select id, conference from desk_registration
                                              where words @@ q.query::tsquery offset 0) as with_words
                                      where conference = :conference limit :most) as d
                 where q.query <> ''
                """)
                .param("queries", queries)
                .param("conference", conference)
                .param("most", MOST_CANDIDATES)
                .query(row -> {
                    ids.computeIfAbsent(row.getInt("place") - 1, _ -> new LinkedHashSet<>())
                            .add(row.getObject("id", UUID.class));
                });
        return ids;
    }

    /** Those of a conference with these ids. */
    Map<UUID, Registration> registrations(String conference, Set<UUID> ids) {
        Map<UUID, Registration> found = new HashMap<>();
        read(conference, Set.of(), ids).values().forEach(one -> found.put(one.id(), one));
        return found;
    }

    /** By number and by id. */
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
