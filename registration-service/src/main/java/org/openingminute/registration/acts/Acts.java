package org.openingminute.registration.acts;

import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;

/** Does what a member of staff decides about a registration, or tells what that would do. */
@Service
public class Acts {

    private final Admissions admissions;

    Acts(Admissions admissions) {
        this.admissions = admissions;
    }

    /**
     * The answer to a call: the first one to its key, or of a dry run what it would change.
     *
     * @throws Problem the refusal; a dry run gets the same as the call itself would now
     */
    public ResponseEntity<String> answer(ActCall call, Command.AtRevision command) {
        return call.isDry()
                ? ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(Documents.json(foresee(command)))
                : Replies.of(admissions.executeForReply(command));
    }

    /**
     * What a command would do now.
     *
     * @throws Problem the refusal that it would get
     */
    ActPreview foresee(Command.AtRevision command) {
        return ActPreview.of(admissions.foresee(command));
    }
}
