package org.openingminute.registration.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.decision.Command.Register.PresentedAdmission;
import org.openingminute.registration.sale.Examples;

/** Proves that a place in a waiting room can be used by one live registration, by batches in memory. */
class PlaceDecisionTest extends ReviewBatches {

    @Test
    void number_of_a_live_registration_is_refused_under_another_key() {
        Command.Register first = request(7);
        UUID id = done(first).registration();

        assertThat(done(first).registration()).isEqualTo(id);
        Problem refused = catchThrowableOfType(Problem.class, () -> done(request(7)));
        assertThat(refused.code()).isEqualTo(SaleProblem.WAITING_ROOM);
        assertThat(refused.members())
                .containsEntry("link", "http://localhost:8080/api/waiting-room/" + SLUG + "/places");
        done(request(8));
    }

    @Test
    void used_number_refuses_nobody_while_the_room_is_off() {
        done(request(7));
        UUID second = done(request(7, false)).registration();

        assertThat(registrations).containsKey(second);
        assertThat(placesTaken).hasSize(1);
        assertThat(catchThrowableOfType(Problem.class, () -> done(request(7))).code())
                .isEqualTo(SaleProblem.WAITING_ROOM);
    }

    @Test
    void refused_request_takes_no_place() {
        Command.Register tooMany = new Command.Register(SLUG, key("register"), hash(), Examples.seats(5, "seat", null))
                .admittedBy(new PresentedAdmission(admission(7), true));
        assertThat(catchThrowableOfType(Problem.class, () -> done(tooMany)).code())
                .isEqualTo(SaleProblem.SOLD_OUT);

        assertThat(placesTaken).isEmpty();
        done(request(7));
    }

    private Command.Register request(long number) {
        return request(number, true);
    }

    private Command.Register request(long number, boolean isNeeded) {
        return new Command.Register(SLUG, key("register"), hash(), Examples.seats(1, "seat", null))
                .admittedBy(new PresentedAdmission(admission(number), isNeeded));
    }

    private static Admission admission(long number) {
        return new Admission(SLUG, 5, number, START.plusSeconds(900), false);
    }
}
