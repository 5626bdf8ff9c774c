package org.openingminute.registration.transfers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.transfers.TransferMatcher.Match;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.springframework.stereotype.Service;

/** Marks many transfers as paid at once, each with the command that also marks a single registration. */
@Service
class TransferMarks {

    private final Admissions admissions;
    private final TransferSearch search;

    TransferMarks(Admissions admissions, TransferSearch search) {
        this.admissions = admissions;
        this.search = search;
    }

    /**
     * The outcome for one transfer.
     *
     * @param registration as it was before; {@code null} if the conference has no registration with that id
     * @param refusal {@code null} if the transfer is marked
     */
    record Marked(
            TransferMark mark,
            @Nullable Registration registration,
            @Nullable Problem refusal) {}

    /**
     * Marks transfers and returns the outcome of each, in the same order. A transfer that was marked for another registration meanwhile is
     * refused, as soon as the desk's index knows of it.
     */
    List<Marked> mark(Conference conference, List<TransferMark> marks, Person person) {
        Map<UUID, Registration> known = search.registrations(
                conference.slug(),
                marks.stream().map(TransferMark::registration).collect(Collectors.toSet()));
        List<Matched> matched = search.match(
                conference, marks.stream().map(TransferMark::transfer).toList());
        List<CompletableFuture<Result>> answers = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            answers.add(answer(conference.slug(), marks.get(i), matched.get(i), known.keySet(), person));
        }
        List<Marked> marked = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            TransferMark mark = marks.get(i);
            marked.add(new Marked(mark, known.get(mark.registration()), refusal(answers.get(i))));
        }
        return marked;
    }

    /** @param matched the current matches of the transfer */
    private CompletableFuture<Result> answer(
            String conference, TransferMark mark, Matched matched, Set<UUID> known, Person person) {
        if (!known.contains(mark.registration())) {
            return CompletableFuture.failedFuture(Problem.notFound());
        }
        boolean another = matched.match() == Match.KNOWN
                && matched.candidates().stream()
                        .noneMatch(one -> one.registration().equals(mark.registration()));
        if (another) {
            return CompletableFuture.failedFuture(new Problem(
                            CommonProblem.NOT_ALLOWED_NOW, "This transfer is marked already, for another registration.")
                    .because("marked-for-another"));
        }
        try {
            return admissions.submit(mark.command(conference, person));
        } catch (Problem full) {
            return CompletableFuture.failedFuture(full);
        }
    }

    private @Nullable Problem refusal(CompletableFuture<Result> answer) {
        try {
            long millis = admissions.giveUpAfter().toMillis();
            return answer.get(millis, TimeUnit.MILLISECONDS) instanceof Result.Refused(Problem problem)
                    ? problem
                    : null;
        } catch (ExecutionException e) {
            return e.getCause() instanceof Problem problem ? problem : Problem.unavailable();
        } catch (TimeoutException e) {
            return Problem.unavailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Problem.unavailable();
        }
    }
}
