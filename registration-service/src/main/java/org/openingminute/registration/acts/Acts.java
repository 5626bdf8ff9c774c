package org.openingminute.registration.acts;

import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;

/** Executes the decisions of staff about a registration, or computes their effects for a dry run. */
@Service
public class Acts {

    private final Admissions admissions;

    Acts(Admissions admissions) {
        this.admissions = admissions;
    }

    /**
     * Executes a command and returns its reply; a repeated key gets the first reply. For a dry run, returns the effects instead.
     *
     * @throws Problem the refusal; a dry run is refused exactly as the call itself would be now
     */
    public ResponseEntity<String> answer(ActCall call, Command.AtRevision command) {
        return call.isDry()
                ? ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(Documents.json(foresee(command)))
                : Replies.of(admissions.executeForReply(command));
    }

    /**
     * Returns the effects that a command would have now.
     *
     * @throws Problem the refusal that the command would get
     */
    public ActPreview foresee(Command.AtRevision command) {
        return ActPreview.of(admissions.foresee(command));
    }
}
