// The request of a Citrix Cloud client, as in the vendor's documentation.
import { randomUUID } from "node:crypto";

/** The fields of the body that a test may change. */
export interface Sample {
  destinationAdmin: string;
  component: string;
  createdDate: string;
  eventId: string;
  severity: "Information" | "Success" | "Warning" | "Error";
  priority: "Normal" | "Low" | "High" | "Urgent";
  content: { languageTag: string; title: string; description: string; detailUri?: string }[];
}

/** The documented body with a new `eventId` and some changes. */
export function sample(changes: Partial<Sample> = {}): Sample {
  return {
    destinationAdmin: "*",
    component: "Citrix Cloud",
    createdDate: "2018-04-22T21:11:25.006Z",
    eventId: randomUUID(),
    severity: "Information",
    priority: "Normal",
    content: [{ languageTag: "en-US", title: "This is a title", description: "This is a description" }],
    ...changes,
  };
}

/** The documented body with another title. */
export function titled(title: string, changes: Partial<Sample> = {}): Sample {
  return sample({ content: [{ languageTag: "en-US", title, description: "This is a description" }], ...changes });
}
