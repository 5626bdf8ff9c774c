package org.openingminute.registration.transfers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.stereotype.Service;

/** Marks transfers as paid: the same command as that of one registration, many at once. */
@Service
class TransferMarks {

    private static final long PATIENCE_SECONDS = 8;

    private final Admissions admissions;
    private final TransferSearch search;

    TransferMarks(Admissions admissions, TransferSearch search) {
        this.admissions = admissions;
        this.search = search;
    }

    /**
     * What became of a transfer.
     *
     * @param registration as it was before; {@code null} if the conference has none with that id
     * @param refusal {@code null} if it is marked
     */
    record Marked(
            TransferMark mark,
            @Nullable Registration registration,
            @Nullable Problem refusal) {}

    /** Marks transfers for registrations of a conference, and tells of each, in the same order, what became of it. */
    List<Marked> mark(String conference, List<TransferMark> marks, Person person) {
        Map<UUID, Registration> known = search.registrations(
                conference, marks.stream().map(TransferMark::registration).collect(Collectors.toSet()));
        List<CompletableFuture<Result>> answers = marks.stream()
                .map(mark -> known.containsKey(mark.registration())
                        ? submitted(conference, mark, person)
                        : CompletableFuture.<Result>failedFuture(Problem.notFound()))
                .toList();
        List<Marked> marked = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            TransferMark mark = marks.get(i);
            marked.add(new Marked(mark, known.get(mark.registration()), refusal(answers.get(i))));
        }
        return marked;
    }

    private CompletableFuture<Result> submitted(String conference, TransferMark mark, Person person) {
        try {
            return admissions.submit(mark.command(conference, person));
        } catch (Problem full) {
            return CompletableFuture.failedFuture(full);
        }
    }

    private static @Nullable Problem refusal(CompletableFuture<Result> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS) instanceof Result.Refused(Problem problem)
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
