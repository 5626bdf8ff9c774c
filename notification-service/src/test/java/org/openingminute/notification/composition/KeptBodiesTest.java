package org.openingminute.notification.composition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.notification.composition.ComposedMail.KeptBodies;

/** Proves that kept bodies of mails are compressed without loss. */
class KeptBodiesTest {

    @Test
    void bodies_come_back_as_they_were_and_take_less() {
        KeptBodies bodies = new KeptBodies("Dear Ada,\n\u202fgrüße", "<p>Dear Ada,</p>".repeat(500));

        assertThat(KeptBodies.of(bodies.compressed())).isEqualTo(bodies);
        assertThat(bodies.compressed()).hasSizeLessThan(1_000);
        assertThat(KeptBodies.of(new KeptBodies("", "").compressed())).isEqualTo(new KeptBodies("", ""));
    }
}
